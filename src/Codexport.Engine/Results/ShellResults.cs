namespace Codexport.Engine.Results;

/// <summary>A shell that <c>codex</c> can be wrapped in.</summary>
public enum ShellKind
{
    /// <summary>PowerShell 7.</summary>
    Pwsh,

    /// <summary>Bash.</summary>
    Bash,

    /// <summary>Z shell.</summary>
    Zsh,

    /// <summary>fish.</summary>
    Fish,
}

/// <summary>How the integration stands in one shell.</summary>
/// <param name="Shell">The shell.</param>
/// <param name="File">Its profile or rc file.</param>
/// <param name="Installed">Whether the block is there.</param>
/// <param name="Current">Whether it is what this version would write.</param>
/// <param name="Changed">Whether anything was written just now.</param>
public sealed record ShellIntegrationInfo(ShellKind Shell, string File, bool Installed, bool Current, bool Changed);
