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

/// <summary>Maps error codes to exit codes: one table for both heads.</summary>
public static class ExitCodes
{
    /// <summary>The exit code that stands for <paramref name="code"/>.</summary>
    public static ExitCode For(ErrorCode code) => code switch
    {
        ErrorCode.InvalidUsage or ErrorCode.JoinLinkInvalid => ExitCode.Usage,
        ErrorCode.AdoptionRequired or ErrorCode.NameConflict or ErrorCode.DriftRefused => ExitCode.Conflict,
        ErrorCode.FingerprintMismatch or ErrorCode.HeadInvalid or ErrorCode.HeadReplayed or ErrorCode.HeadConflict
            or ErrorCode.ContentMismatch or ErrorCode.CredentialRefused or ErrorCode.InviteRefused
            or ErrorCode.ApprovalPending or ErrorCode.PeerRefused => ExitCode.TrustRefused,
        ErrorCode.MasterUnreachable or ErrorCode.MasterTimeout => ExitCode.Unreachable,
        _ => ExitCode.Failed,
    };
}
