using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>
/// What switches every hook of a person off without a word: <c>features.hooks = false</c>, in the person's configuration or in one of this
/// machine that goes below or above it, and <c>allow_managed_hooks_only</c>. Codex then lists no hook at all.
/// </summary>
/// <param name="context">The home and the disk.</param>
/// <param name="systemFolder">Where the configuration of the whole machine lies.</param>
internal sealed class HookSwitches(EngineContext context, string systemFolder)
{
    private const string Requirements = "requirements.toml";

    /// <summary>Where the configuration of the whole machine lies.</summary>
    public static string SystemFolder { get; } = OperatingSystem.IsWindows()
        ? Path.Join(Environment.GetFolderPath(Environment.SpecialFolder.CommonApplicationData), "OpenAI", "Codex")
        : "/etc/codex";

    /// <summary>Why no hook of the person's runs, as a whole sentence; null when nothing here speaks against it.</summary>
    public string? Reason()
    {
        var requirements = Path.Join(systemFolder, Requirements);
        if (Read(requirements) is { } required)
        {
            if (required["allow_managed_hooks_only"]?.AsBoolean() == true)
            {
                return $"This machine allows hooks of its administrator alone: allow_managed_hooks_only in '{requirements}'.";
            }

            if (IsOn(required) == false)
            {
                return Off(requirements);
            }
        }

        // From the one that counts most on.
        string[] layers =
        [
            Path.Join(systemFolder, "managed_config.toml"), Path.Join(context.Home.CodexFolder, CodexLayout.ConfigFile), Path.Join(systemFolder, CodexLayout.ConfigFile),
        ];
        var deciding = layers.FirstOrDefault(file => Read(file) is { } root && IsOn(root) is not null);
        return deciding is not null && IsOn(Read(deciding)!) == false ? Off(deciding) : null;
    }

    private static string Off(string file) => $"Hooks are switched off in Codex: features.hooks = false in '{file}'.";

    // The second is the name of before.
    private static bool? IsOn(TomlTable root) => root["features"] is TomlTable features ? (features["hooks"] ?? features["codex_hooks"])?.AsBoolean() : null;

    // What cannot be read or parsed is told elsewhere, where it is judged.
    private TomlTable? Read(string file)
    {
        var real = context.Files.ResolveLinks(file);
        return real is not null && context.Files.TryGetEntry(real) is { Kind: EntryKind.File } && AtomicFile.TryReadAllBytes(context.Files, real) is { } content
            && TomlDocument.TryParse(content, file, out var document, out _)
                ? document.Root
                : null;
    }
}
