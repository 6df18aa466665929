using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;

namespace Codexport.Engine.Shells;

/// <summary>
/// Puts <c>codex</c> behind a quick sync in the person's shells, so that an update counts for the session that is about to start: by the
/// time a hook runs, Codex has read its configuration.
/// </summary>
/// <param name="context">The home, the disk and the environment.</param>
public sealed class ShellOperations(EngineContext context)
{
    private const string Added = " (line break added)";

    /// <summary>Absolute path of <c>codexport</c>; null when only the module is there.</summary>
    public string? Program { get; init; }

    /// <summary>The PowerShell profile, where it is another than the usual one.</summary>
    public string? PwshProfile { get; init; }

    /// <summary>
    /// The person's documents, as Windows names them: OneDrive may have them elsewhere than in the home, and PowerShell asks in the same way.
    /// Null where PowerShell keeps its profile in <c>.config</c>.
    /// </summary>
    internal Func<string>? Documents { get; init; } = OperatingSystem.IsWindows()
        ? static () => Environment.GetFolderPath(Environment.SpecialFolder.MyDocuments) : null;

    /// <summary>The person's shell, as far as the environment tells: that of <c>SHELL</c>, on Windows PowerShell.</summary>
    public ShellKind DefaultShell => OperatingSystem.IsWindows() ? ShellKind.Pwsh : Path.GetFileName(context.Environment("SHELL")) switch
    {
        "zsh" => ShellKind.Zsh,
        "fish" => ShellKind.Fish,
        "pwsh" => ShellKind.Pwsh,
        _ => ShellKind.Bash,
    };

    /// <summary>Adds the block, or renews one that is not current.</summary>
    public ShellIntegrationInfo Install(ShellKind shell, bool dryRun = false) => Change(shell, dryRun, text => Add(Remove(text), Block(shell, text)));

    /// <summary>Removes the block and what was added to make room for it.</summary>
    public ShellIntegrationInfo Uninstall(ShellKind shell, bool dryRun = false) => Change(shell, dryRun, Remove);

    /// <summary>What a profile's block starts; null when there is no block, or it cannot be told.</summary>
    internal string? ProgramOf(ShellKind shell) => Read(FileOf(shell)) is { } text && StartOf(text) is >= 0 and var start ? ShellBlock.ProgramOf(text[start..]) : null;

    /// <summary>Where the block is.</summary>
    public IReadOnlyList<ShellIntegrationInfo> GetStatus() => [.. Enum.GetValues<ShellKind>().Select(shell =>
    {
        var text = Read(FileOf(shell)) ?? string.Empty;
        return Info(shell, text, isChanged: false);
    })];

    private static string Add(string text, string block)
    {
        var newLine = NewLineOf(text);
        var isWhole = text.Length == 0 || text.EndsWith('\n');
        return isWhole ? text + block : text + newLine + block.Replace(ShellBlock.Begin, ShellBlock.Begin + Added, StringComparison.Ordinal);
    }

    private static string Remove(string text)
    {
        var start = StartOf(text);
        if (start < 0)
        {
            return text;
        }

        var end = text.IndexOf(ShellBlock.End, start, StringComparison.Ordinal);
        if (end < 0)
        {
            // Half a block means that somebody edited it: cutting to the end of the file would take their lines too.
            throw new CodexportException(
                ErrorCode.JsonInvalid,
                $"The block that begins with '{ShellBlock.Begin}' has no end.",
                "Remove what is left of it by hand, then run the command again.");
        }

        end = text.IndexOf('\n', end) is >= 0 and var lineEnd ? lineEnd + 1 : text.Length;
        if (text.AsSpan(start + ShellBlock.Begin.Length).StartsWith(Added))
        {
            start -= start > 1 && text[start - 2] == '\r' ? 2 : 1;
        }

        return text[..start] + text[end..];
    }

    private static int StartOf(string text)
    {
        var start = text.IndexOf(ShellBlock.Begin, StringComparison.Ordinal);
        return start < 0 || start == 0 || text[start - 1] == '\n' ? start : -1;
    }

    private static string NewLineOf(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    private ShellIntegrationInfo Info(ShellKind shell, string text, bool isChanged)
        => new(shell, FileOf(shell), StartOf(text) >= 0, StartOf(text) >= 0 && Add(Remove(text), Block(shell, text)) == text, isChanged);

    private string Block(ShellKind shell, string text)
    {
        var home = IsOwnHome() ? null : context.Home.UserHome;

        // CODEX_HOME in the environment of the shell is seen by the sync as it is by Codex.
        var isFromEnvironment = context.Environment("CODEX_HOME") is { Length: > 0 } variable && Path.GetFullPath(variable) == context.Home.CodexFolder;
        var codexFolder = isFromEnvironment || context.Home.CodexFolder == Path.Combine(context.Home.UserHome, ".codex") ? null : context.Home.CodexFolder;
        return string.Concat(ShellBlock.Lines(shell, Program, home, codexFolder).Select(line => line + NewLineOf(text)));
    }

    private ShellIntegrationInfo Change(ShellKind shell, bool dryRun, Func<string, string> change)
    {
        var path = FileOf(shell);
        var before = Read(path);
        var after = change(before ?? string.Empty);
        var isChanged = after != (before ?? string.Empty);
        if (isChanged && !dryRun)
        {
            Write(path, after);
        }

        return Info(shell, after, isChanged);
    }

    private void Write(string path, string text)
    {
        // Many keep these files elsewhere and link to them.
        var target = context.Files.ResolveLinks(path) ?? path;
        if (text.Length == 0)
        {
            context.Files.DeleteFile(target);
            return;
        }

        context.Files.CreateDirectory(Path.GetDirectoryName(target)!, FilePermission.Private);
        var isNew = context.Files.TryGetEntry(target) is null;
        AtomicFile.Write(context.Files, target, Encoding.UTF8.GetBytes(text), isNew ? FilePermission.Normal : null);
    }

    private string? Read(string path)
    {
        if (AtomicFile.TryReadAllBytes(context.Files, path) is not { } content)
        {
            return null;
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(content);
        }
        catch (DecoderFallbackException error)
        {
            throw new CodexportException(
                ErrorCode.FileUnreadable, $"'{path}' is not in UTF-8, so nothing is put into it.", "Save it in UTF-8, then run the command again.", path, error);
        }
    }

    /// <summary>Whether it is the home of the person who runs this, and not one that was named in its place.</summary>
    private bool IsOwnHome()
        => context.Home.UserHome == HomeResolver.Resolve(HomeOptions.None, name => name == "CODEX_HOME" ? null : context.Environment(name), _ => null).UserHome;

    private string FileOf(ShellKind shell)
    {
        var home = context.Home.UserHome;

        // What the environment and the system say is true of the person's own home alone.
        var isOwn = IsOwnHome();
        var configuration = (isOwn ? FolderIn("XDG_CONFIG_HOME") : null) ?? Path.Join(home, ".config");
        return shell switch
        {
            ShellKind.Bash => Path.Join(home, ".bashrc"),
            ShellKind.Zsh => Path.Join((isOwn ? FolderIn("ZDOTDIR") : null) ?? home, ".zshrc"),
            ShellKind.Fish => Path.Join(configuration, "fish", "config.fish"),
            _ => PwshProfile ?? (Documents is null
                ? Path.Join(configuration, "powershell", "profile.ps1")
                : Path.Join(isOwn ? Documents() : Path.Join(home, "Documents"), "PowerShell", "profile.ps1")),
        };
    }

    private string? FolderIn(string variable)
        => context.Environment(variable) is { Length: > 0 } folder && Path.IsPathFullyQualified(folder) ? folder : null;
}
