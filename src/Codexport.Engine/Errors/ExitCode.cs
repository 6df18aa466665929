namespace Codexport.Engine.Errors;

/// <summary>The program's documented exit codes.</summary>
public enum ExitCode
{
    /// <summary>Everything that was asked for is done.</summary>
    Done = 0,

    /// <summary>It failed.</summary>
    Failed = 1,

    /// <summary>The command line was wrong.</summary>
    Usage = 2,

    /// <summary>A conflict with local names, files or drift.</summary>
    Conflict = 3,

    /// <summary>Trust was refused.</summary>
    TrustRefused = 4,

    /// <summary>The master was not reachable.</summary>
    Unreachable = 5,
}
