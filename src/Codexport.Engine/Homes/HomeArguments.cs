namespace Codexport.Engine.Homes;

/// <summary>The paths that something started later must be told, because it would not find them by itself.</summary>
/// <param name="UserHome">The home as it is without options; services are defined there.</param>
/// <param name="Home">What goes into <c>--home</c>; null when it is the default.</param>
/// <param name="CodexFolder">What goes into <c>--codex-dir</c>; null when it is the default.</param>
internal sealed record HomeArguments(string UserHome, string? Home, string? CodexFolder)
{
    /// <summary>Those of a context's home.</summary>
    public static HomeArguments Of(EngineContext context)
    {
        var byDefault = HomeResolver.Resolve(HomeOptions.None, name => name == "CODEX_HOME" ? null : context.Environment(name), _ => null).UserHome;
        var home = context.Home;
        return new HomeArguments(
            byDefault,
            home.UserHome == byDefault ? null : home.UserHome,
            home.CodexFolder == Path.Combine(home.UserHome, ".codex") ? null : home.CodexFolder);
    }

    /// <summary>As they stand on a command line.</summary>
    public IEnumerable<string> ToCommandLine()
        => [.. Home is null ? [] : (string[])["--home", Home], .. CodexFolder is null ? [] : (string[])["--codex-dir", CodexFolder]];
}
