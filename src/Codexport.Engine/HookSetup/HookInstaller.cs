using System.Text;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.HookSetup;

/// <summary>
/// Puts Codexport's hook in front of all others and takes it out again, with every entry of <c>[hooks.state]</c> moved along with its
/// hook. Works on texts alone; nothing is written here.
/// </summary>
internal sealed class HookInstaller(EngineContext context)
{
    private static readonly string[] Files = [CodexLayout.HooksFile, CodexLayout.ConfigFile];

    /// <summary>Our hooks, with the file that defines each.</summary>
    public static IEnumerable<(string File, HookHandler Handler)> Find(HookFiles files)
        => Files.SelectMany(file => files.HandlersOf(file).Where(CodexportHook.IsOurs).Select(handler => (file, handler)));

    /// <summary>Whether the one hook of ours is this one already, in front, and trusted where that is wanted.</summary>
    public bool IsAsWanted(HookFiles files, HookHandler wanted, bool trust)
    {
        var found = Find(files).ToList();
        if (found is not [var (file, handler)] || handler != wanted)
        {
            return false;
        }

        var states = TomlHooks.ReadStates(files.ParseConfig().Root);
        var hash = HookTrust.Hash(handler, PathStyle.Current);
        var entries = HookStateEditor.SpellingsOf(context, file).Select(path => states.GetValueOrDefault(HookTrust.StateKey(path, handler)));
        return trust
            ? entries.All(state => state is { IsEnabled: true } && state.TrustedHash == hash)
            : entries.All(state => state is null);
    }

    /// <summary>Adds the hook to files that have none of ours.</summary>
    public HookFiles Insert(HookFiles files, HookHandler handler, bool trust)
    {
        var file = files.HomeOfHooks();
        var result = file == CodexLayout.HooksFile
            ? files.With(file, HooksJsonEditor.InsertFirst(files.HooksJson, handler, files.PathOf(file)))
            : files.With(file, Encoding.UTF8.GetBytes(HooksTomlEditor.InsertFirst(files.ConfigText, handler, files.PathOf(file))));
        if (result.Config is null && !trust)
        {
            return result;
        }

        var config = result.ParseConfig();
        var spellings = HookStateEditor.SpellingsOf(context, file);
        HookStateEditor.Shift(config, spellings, handler.Event, firstGroup: 0, by: 1);
        if (trust)
        {
            HookStateEditor.Trust(config, spellings, handler, HookTrust.Hash(handler, PathStyle.Current)!);
        }

        var bytes = config.ToBytes();
        return bytes.Length == 0 && result.Config is null ? result : result with { Config = bytes };
    }

    /// <summary>Takes every hook of ours out.</summary>
    /// <param name="files">The files as they are.</param>
    /// <param name="record">How the hook was installed; null when that is not known.</param>
    public HookFiles Remove(HookFiles files, HookRecord? record)
    {
        var cut = RemoveByStructure(files);
        if (record is null || ReferenceEquals(cut, files))
        {
            return cut;
        }

        var result = cut;
        foreach (var file in Files)
        {
            // The way back by bytes counts only where it means the same as the way back by structure.
            if (record.Patches.TryGetValue(file, out var patch)
                && files.ContentOf(file) is { } content
                && patch.TryRevert(content, out var reverted)
                && MeansTheSame(files.With(file, reverted), cut, file))
            {
                result = result.With(file, reverted);
            }
        }

        return result;
    }

    private static bool MeansTheSame(HookFiles reverted, HookFiles cut, string file)
    {
        try
        {
            return reverted.HandlersOf(file).SequenceEqual(cut.HandlersOf(file))
                && (file != CodexLayout.ConfigFile || SameStates(reverted.ParseConfig(), cut.ParseConfig()));
        }
        catch (CodexportException error) when (error.Code is ErrorCode.TomlInvalid or ErrorCode.JsonInvalid)
        {
            return false;
        }
    }

    private static bool SameStates(TomlDocument one, TomlDocument other)
    {
        var states = TomlHooks.ReadStates(one.Root);
        var others = TomlHooks.ReadStates(other.Root);
        return states.Count == others.Count && states.All(entry => others.TryGetValue(entry.Key, out var state) && state == entry.Value);
    }

    private HookFiles RemoveByStructure(HookFiles files)
    {
        var result = files;
        while (Find(result).Select(item => ((string, HookHandler)?)item).LastOrDefault(item => IsAlone(result, item!.Value)) is var (file, handler))
        {
            var path = result.PathOf(file);
            result = file == CodexLayout.HooksFile
                ? result.With(file, HooksJsonEditor.Remove(result.HooksJson!, handler.Event, handler.GroupIndex, path))
                : result.With(file, Encoding.UTF8.GetBytes(HooksTomlEditor.Remove(result.ConfigText, handler.Event, handler.GroupIndex, path)));
            if (result.Config is null)
            {
                continue;
            }

            var config = result.ParseConfig();
            var spellings = HookStateEditor.SpellingsOf(context, file);
            HookStateEditor.Remove(config, spellings, handler.Event, handler.GroupIndex);
            HookStateEditor.Shift(config, spellings, handler.Event, handler.GroupIndex + 1, by: -1);
            result = result with { Config = config.ToBytes() };
        }

        return result;
    }

    // A group that somebody has put more into is theirs.
    private static bool IsAlone(HookFiles files, (string File, HookHandler Handler) item)
        => files.HandlersOf(item.File).Count(other => other.Event == item.Handler.Event && other.GroupIndex == item.Handler.GroupIndex) == 1;
}
