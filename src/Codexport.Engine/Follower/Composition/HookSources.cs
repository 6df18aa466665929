using Codexport.Engine.Platform;

namespace Codexport.Engine.Follower.Composition;

/// <summary>The spellings of a file's absolute path under which Codex may keep the states of its hooks.</summary>
internal static class HookSources
{
    internal static IReadOnlyList<string> Of(EngineContext context, string file)
    {
        var folder = context.Home.CodexFolder;
        var resolved = context.Files.ResolveLinks(folder) ?? folder;
        return [.. new[] { folder, resolved }.Distinct(StringComparer.Ordinal).Select(root => SafePath.Combine(root, file))];
    }
}
