namespace Codexport.Engine.Homes;

/// <summary>What a command line or cmdlet says about the homes.</summary>
/// <param name="Home">What stands for the user's home (<c>--home</c>, <c>-HomePath</c>); null when not given.</param>
/// <param name="CodexFolder">The Codex home (<c>--codex-dir</c>, <c>-CodexPath</c>); null when not given.</param>
public sealed record HomeOptions(string? Home = null, string? CodexFolder = null)
{
    /// <summary>Nothing given: the environment and the settings decide.</summary>
    public static HomeOptions None { get; } = new();
}
