using Codexport.Engine.Errors;

namespace Codexport.Engine.Homes;

/// <summary>
/// Decides which homes a command works on: <c>--codex-dir</c>, else <c>--home</c> (its <c>.codex</c>), else <c>CODEX_HOME</c>, else
/// <c>codexDir</c> of <c>local.toml</c>, else <c>~/.codex</c>.
/// </summary>
internal static class HomeResolver
{
    /// <summary>Resolves the homes. Nothing needs to exist yet.</summary>
    /// <param name="options">What the person said.</param>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="readCodexFolder">
    /// Reads <c>codexDir</c> from the settings of the given home; null when they say nothing. Asked only when it decides.
    /// </param>
    /// <returns>The homes, absolute, links not resolved.</returns>
    /// <exception cref="CodexportException">
    /// <see cref="ErrorCode.HomeNotFound"/> when no user home is known, <see cref="ErrorCode.InvalidUsage"/> for a home that was named and is
    /// empty.
    /// </exception>
    public static CodexportHome Resolve(HomeOptions options, Func<string, string?> environment, Func<CodexportHome, string?> readCodexFolder)
    {
        RequireSaid(options.Home, "home");
        RequireSaid(options.CodexFolder, "Codex home");
        var userHome = FindUserHome(options, environment);
        var byDefault = new CodexportHome(userHome, Path.Combine(userHome, ".codex"));
        if (options.CodexFolder is { } given)
        {
            return byDefault with { CodexFolder = Absolute(given, userHome) };
        }

        if (options.Home is not null)
        {
            return byDefault;
        }

        if (NotBlank(environment("CODEX_HOME")) is { } fromEnvironment)
        {
            return byDefault with { CodexFolder = Absolute(fromEnvironment, userHome) };
        }

        return NotBlank(readCodexFolder(byDefault)) is { } fromSettings
            ? byDefault with { CodexFolder = Absolute(fromSettings, userHome, userHome) }
            : byDefault;
    }

    // A script whose variable is not set means another home than the person's own.
    private static void RequireSaid(string? folder, string what)
    {
        if (folder is not null && NotBlank(folder) is null)
        {
            throw new CodexportException(
                ErrorCode.InvalidUsage,
                $"The {what} that was named is empty; perhaps a variable is not set.",
                "Name a folder, or leave the option out to use your own.");
        }
    }

    private static string FindUserHome(HomeOptions options, Func<string, string?> environment)
    {
        if (options.Home is { } given)
        {
            return Trimmed(Path.GetFullPath(given));
        }

        // A shell such as Git Bash sets HOME on Windows to a path in its own notation.
        var home = OperatingSystem.IsWindows()
            ? NotBlank(environment("USERPROFILE")) ?? NotBlank(environment("HOME"))
            : NotBlank(environment("HOME"));
        home ??= NotBlank(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify));
        return home is null
            ? throw new CodexportException(
                ErrorCode.HomeNotFound,
                "The user's home folder is not known: neither HOME nor USERPROFILE is set.",
                "Set HOME, or give the home with --home.")
            : Trimmed(Path.GetFullPath(home));
    }

    private static string Absolute(string path, string userHome, string? relativeTo = null)
    {
        var expanded = path == "~" ? userHome
            : path.StartsWith("~/", StringComparison.Ordinal) || (OperatingSystem.IsWindows() && path.StartsWith(@"~\", StringComparison.Ordinal))
                ? Path.Combine(userHome, path[2..])
                : path;
        return Trimmed(relativeTo is null ? Path.GetFullPath(expanded) : Path.GetFullPath(expanded, relativeTo));
    }

    private static string Trimmed(string path) => Path.TrimEndingDirectorySeparator(path);

    private static string? NotBlank(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
