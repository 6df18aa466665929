using System.Text;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Hooks;

/// <summary>The two files of a Codex home that hooks and their trust live in, as they are or shall be.</summary>
/// <param name="HooksJson"><c>hooks.json</c>; null when it is not there.</param>
/// <param name="Config"><c>config.toml</c>; null when it is not there.</param>
internal sealed record HookFiles(byte[]? HooksJson, byte[]? Config)
{
    private readonly string _folder = string.Empty;

    /// <summary>The text of <c>config.toml</c>.</summary>
    public string ConfigText => Config is null ? string.Empty : Encoding.UTF8.GetString(Config);

    /// <summary>Reads them.</summary>
    public static HookFiles Read(EngineContext context)
    {
        var folder = context.Home.CodexFolder;
        return new HookFiles(
            AtomicFile.TryReadAllBytes(context.Files, Path.Join(folder, CodexLayout.HooksFile)),
            AtomicFile.TryReadAllBytes(context.Files, Path.Join(folder, CodexLayout.ConfigFile)),
            folder);
    }

    private HookFiles(byte[]? hooksJson, byte[]? config, string folder)
        : this(hooksJson, config) => _folder = folder;

    /// <summary>The path of one of them, for messages.</summary>
    public string PathOf(string file) => Path.Join(_folder, file);

    /// <summary><c>config.toml</c> as a document.</summary>
    public TomlDocument ParseConfig() => TomlDocument.Parse(Config ?? [], PathOf(CodexLayout.ConfigFile));

    /// <summary>The handlers that a file defines, in order.</summary>
    public IReadOnlyList<HookHandler> HandlersOf(string file) => file == CodexLayout.ConfigFile
        ? TomlHooks.ReadHandlers(ParseConfig().Root)
        : HooksJson is null || HooksJson.AsSpan().Trim(" \t\r\n"u8).IsEmpty ? [] : HooksFile.Parse(HooksJson, PathOf(file)).Handlers;

    /// <summary>Why Codex reads no hook of <c>hooks.json</c>, with the place; null when nothing speaks against it.</summary>
    public string? ProblemOfHooksJson()
        => HooksJson is not null && Hooks.HooksJson.Read(HooksJson, PathOf(CodexLayout.HooksFile)) is { } root ? HooksShape.ProblemOf(root) : null;

    /// <summary>The same with another content of one file.</summary>
    public HookFiles With(string file, byte[]? content) => file == CodexLayout.ConfigFile ? this with { Config = content } : this with { HooksJson = content };

    /// <summary>The content of one file.</summary>
    public byte[]? ContentOf(string file) => file == CodexLayout.ConfigFile ? Config : HooksJson;

    /// <summary>Where a new hook goes: to the hooks that are there; Codex warns when both files hold some.</summary>
    public string HomeOfHooks()
        => HandlersOf(CodexLayout.HooksFile).Count == 0 && HandlersOf(CodexLayout.ConfigFile).Count > 0
            ? CodexLayout.ConfigFile
            : CodexLayout.HooksFile;
}
