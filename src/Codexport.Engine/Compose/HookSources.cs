using Codexport.Engine.Homes;

namespace Codexport.Engine.Compose;

/// <summary>The spellings of a file's absolute path under which Codex may keep the states of its hooks.</summary>
internal static class HookSources
{
    internal static IReadOnlyList<string> Of(EngineContext context, string file)
    {
        var machine = context.Machine;
        var resolved = context.MachineOverride is null ? context.Files.ResolveLinks(machine.CodexFolder) ?? machine.CodexFolder : machine.CodexFolder;
        return [.. new[] { machine.CodexFolder, resolved }.Distinct(StringComparer.Ordinal).Select(folder => machine.FileIn(folder, file))];
    }
}
