using Codexport.Engine;
using Codexport.Engine.Errors;
using Codexport.Engine.Master.Operations;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Tests.Follower;
using Codexport.Tests.Master;

namespace Codexport.Tests.State;

/// <summary>Settings that are gone are an error and never a default.</summary>
public sealed class SettingsLossTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Losses()
    {
        var rows = new TheoryData<string, string>();
        foreach (var setting in new[]
        {
            "auth = \"never\"", "onDrift = \"fail\"", "onDrift = \"keep\"", "trustHooks = false", "keep = [\"model\"]", "admission = \"approve\"",
            "admission = \"open\"", "allow = [\"10.0.0.0/8\"]", "trust_hooks = false",
        })
        {
            foreach (var loss in new[] { "emptied", "gone", "cut before it", "only blanks" })
            {
                rows.Add(setting, loss);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Follower_WhenSettingsLoseWhatSafetyRestsOn_NamesItAndWritesNothing(string setting, string loss)
    {
        await using var master = new SimulatedMaster();
        using var home = new FollowerHome();
        master.Publish(("AGENTS.md", "first"));
        await home.JoinAsync(master);
        var file = home.Context.Home.SettingsFile;
        File.WriteAllText(file, File.ReadAllText(file).Replace("[timeouts]", setting + "\n[timeouts]", StringComparison.Ordinal));
        await home.SyncAsync();
        Lose(file, setting, loss);
        master.Publish(("AGENTS.md", "second"), ("auth.json", "{\"secret\":1}"));
        foreach (var run in new Func<Task>[]
        {
            () => home.SyncAsync(), () => home.Operations.GetStatusAsync(Token), () => home.Operations.CompareAsync(Token),
            () => home.Operations.ApplyAsync(null, false, Token), () => new HomeOperations(home.Context).GetStatusAsync(Token),
        })
        {
            var error = await Assert.ThrowsAsync<CodexportException>(run);
            Assert.Equal(ErrorCode.SettingsInvalid, error.Code);
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Contains(setting.Replace("trust_hooks", "trustHooks", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
        }

        Assert.Contains("local.toml", home.Operations.QuickSync(Token), StringComparison.Ordinal);
        Assert.Equal("first", home.Read("AGENTS.md"));
        Assert.False(home.Has("auth.json"));

        // The advice: joining again puts back what was there.
        await home.JoinAsync(master);
        Assert.Contains(setting.Replace("trust_hooks", "trustHooks", StringComparison.Ordinal), File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal("second", home.Read("AGENTS.md"));
        Assert.Equal(setting != "auth = \"never\"", home.Has("auth.json"));
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task Master_WhenSettingsLoseWhatSafetyRestsOn_NamesItAndMasterInitPutsItBack(string setting, string loss)
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        home.Settings($"port = 17999\n{setting}\n[export]\nexclude = [\"secret/**\"]\n");
        await home.InitializeAsync();
        var file = home.Context.Home.SettingsFile;
        Lose(file, setting, loss);
        foreach (var run in new Func<Task>[]
        {
            () => home.RebuildAsync(), () => new MasterOperations(home.Context).CreateJoinLinkAsync("h", null, false, Token),
            () => new HomeOperations(home.Context).GetStatusAsync(Token),
        })
        {
            var error = await Assert.ThrowsAsync<CodexportException>(run);
            Assert.Equal(ErrorCode.SettingsInvalid, error.Code);
            Assert.Contains(setting.Replace("trust_hooks", "trustHooks", StringComparison.Ordinal), error.Message, StringComparison.Ordinal);
            Assert.Contains("secret/**", error.Message, StringComparison.Ordinal);
        }

        await home.InitializeAsync();
        var settings = SettingsFile.Read(home.Context.Files, file);
        Assert.Equal((Role.Master, "secret/**"), (settings.Role, Assert.Single(settings.ExportExclude)));
        await home.RebuildAsync();
    }

    [Fact]
    public async Task Settings_WhenChangedOnPurpose_CountAtOnce()
    {
        using var home = new MasterHome();
        home.Write("AGENTS.md");
        home.Settings("admission = \"approve\"\n");
        await home.InitializeAsync();
        var file = home.Context.Home.SettingsFile;
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"approve\"", "\"invite\"", StringComparison.Ordinal));
        await home.RebuildAsync();
        File.WriteAllText(file, "role = \"master\"\n");
        await home.RebuildAsync();
        Assert.Equal(Admission.Invite, SettingsFile.Read(home.Context.Files, file).Admission);
    }

    private static void Lose(string file, string setting, string loss)
    {
        var text = File.ReadAllText(file);
        switch (loss)
        {
            case "gone":
                File.Delete(file);
                break;
            case "cut before it":
                File.WriteAllText(file, text[..text.IndexOf(setting, StringComparison.Ordinal)]);
                break;
            default:
                File.WriteAllText(file, loss == "emptied" ? string.Empty : "  \n\n");
                break;
        }
    }
}
