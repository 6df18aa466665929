namespace Codexport.Engine.Results;

/// <summary>What runs when Codex starts a session.</summary>
public enum HookRunner
{
    /// <summary>The cmdlet, in a PowerShell of its own.</summary>
    Pwsh,

    /// <summary>The program <c>codexport</c> itself: quicker, and bound to where it lies.</summary>
    Native,
}

/// <summary>What installing or uninstalling the hook did.</summary>
/// <param name="Changed">Whether anything was written.</param>
/// <param name="File">The file that holds the hook, or held it; null when there was none.</param>
/// <param name="Command">What the hook runs; null after uninstalling.</param>
/// <param name="Trusted">Whether Codex will run it without asking.</param>
/// <param name="Warnings">Whole sentences for the person.</param>
public sealed record HookChangeResult(bool Changed, string? File, string? Command, bool Trusted, IReadOnlyList<string> Warnings);

/// <summary>How the hook stands: on disk, and as Codex itself sees it.</summary>
public sealed record HookStatusResult
{
    /// <summary>Whether it is defined.</summary>
    public required bool Installed { get; init; }

    /// <summary>The file that defines it.</summary>
    public string? File { get; init; }

    /// <summary>What it runs.</summary>
    public string? Command { get; init; }

    /// <summary>Its timeout in seconds.</summary>
    public long? Timeout { get; init; }

    /// <summary>Whether it is the first of its event, so that its trust key never moves.</summary>
    public bool First { get; init; }

    /// <summary>Whether the trusted hash on disk is the hash of what it is now.</summary>
    public bool Trusted { get; init; }

    /// <summary>Whether it is switched on.</summary>
    public bool Enabled { get; init; }

    /// <summary>The program that it starts; absolute where it is found.</summary>
    public string? RunnerPath { get; init; }

    /// <summary>Whether that program is on this machine.</summary>
    public bool RunnerFound { get; init; }

    /// <summary>The version of the Codex that was asked; null when none was.</summary>
    public string? CodexVersion { get; init; }

    /// <summary>What Codex says about trust: <c>trusted</c>, <c>untrusted</c>, <c>modified</c>, <c>managed</c>; null when it does not see the hook or was not asked.</summary>
    public string? CodexTrust { get; init; }

    /// <summary>Whether Codex says that it is switched on; null when it does not see the hook or was not asked.</summary>
    public bool? CodexEnabled { get; init; }

    /// <summary>What keeps it from running, each a whole sentence.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Whether it will run at the next start of a session, as far as can be told.</summary>
    public bool Working => Installed && Problems.Count == 0;
}
