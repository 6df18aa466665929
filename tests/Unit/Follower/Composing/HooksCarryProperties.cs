using System.Text.Json;
using Codexport.Engine.Compose;
using Codexport.Engine.Settings;
using Codexport.Tests.Codex;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Follower.Composing;

/// <summary>Whatever a follower's hooks file holds is there after the master's hooks came, changed and went.</summary>
public sealed class HooksCarryProperties
{
    private const string File = "hooks.json";

    [Property(MaxTest = 500)]
    public Property Merge_ThenWithoutTheMasters_GivesBackEveryLocalValueInOrder()
    {
        var masters = AnyJson.HooksFile(isCanonical: true).ToArbitrary();
        return Prop.ForAll(AnyJson.HooksFile(isCanonical: false).ToArbitrary(), masters, masters, (local, first, second) =>
        {
            // Two shapes under one name cannot both stand; what then happens is a case of its own.
            if (!Clashes(local, first) && !Clashes(local, second))
            {
                Check(local, first, second);
            }
        });
    }

    private static void Check(string local, string first, string second)
    {
        var come = HooksMerge.Merge(File, DriftPolicy.Canonical, null, local, first);
        CheckMoves(come, local);
        var changed = HooksMerge.Merge(File, DriftPolicy.Canonical, first, come.Text, second);
        CheckMoves(changed, come.Text!);
        var gone = HooksMerge.Merge(File, DriftPolicy.Canonical, second, changed.Text, null);
        Assert.Equal(AnyJson.Essence(local), AnyJson.Essence(gone.Text));
        Assert.Equal(0, come.Drifted + changed.Drifted + gone.Drifted);

        var again = HooksMerge.Merge(File, DriftPolicy.Canonical, second, changed.Text, second);
        Assert.Equal(changed.Text, again.Text);
        Assert.Empty(again.Changes);
    }

    // Where a handler or group is said to have gone, it stands.
    private static void CheckMoves(MergedHooks merged, string before)
    {
        using var old = JsonDocument.Parse(before);
        using var now = JsonDocument.Parse(merged.Text!);
        foreach (var (from, to) in merged.Moves)
        {
            // What is the master's may come in another spelling.
            var was = AnyJson.Exact(At(old.RootElement, from));
            if (!was.Contains("canon", StringComparison.Ordinal))
            {
                Assert.NotNull(to);
                Assert.Equal(was, AnyJson.Exact(At(now.RootElement, to.Value)));
            }
        }
    }

    private static JsonElement At(JsonElement root, HookPosition position)
    {
        var group = AnyJson.Member(AnyJson.Member(root, "hooks"), position.Event)[position.Group];
        return position.IsGroup ? group : AnyJson.Member(group, "hooks")[position.Handler];
    }

    private static bool Clashes(string local, string canonical)
    {
        using var mine = JsonDocument.Parse(local);
        using var theirs = JsonDocument.Parse(canonical);
        var lists = AnyJson.Member(theirs.RootElement, "hooks").EnumerateObject().Select(member => member.Name).ToList();
        var hooks = mine.RootElement.EnumerateObject().Where(member => AnyJson.Raw(member) == "\"hooks\"").SelectMany(member => member.Value.EnumerateObject());
        return hooks.Any(member => member.Value.ValueKind != JsonValueKind.Array && lists.Exists(name => AnyJson.Raw(member) == $"\"{name}\""));
    }
}
