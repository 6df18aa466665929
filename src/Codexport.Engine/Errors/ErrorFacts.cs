namespace Codexport.Engine.Errors;

/// <summary>What kind of failure it is, in PowerShell's words: the names are those of its error categories.</summary>
public enum ErrorKind
{
    /// <summary>None that fits.</summary>
    NotSpecified,

    /// <summary>An argument cannot be understood.</summary>
    InvalidArgument,

    /// <summary>What was asked for does not fit how things stand.</summary>
    InvalidOperation,

    /// <summary>Content is damaged or has the wrong form.</summary>
    InvalidData,

    /// <summary>Somebody stopped the work.</summary>
    OperationStopped,

    /// <summary>It took too long.</summary>
    OperationTimeout,

    /// <summary>What was named is not there.</summary>
    ObjectNotFound,

    /// <summary>Something of that name is there already.</summary>
    ResourceExists,

    /// <summary>Somebody else is at it.</summary>
    ResourceBusy,

    /// <summary>Something that the work needs is missing.</summary>
    ResourceUnavailable,

    /// <summary>A limit was passed.</summary>
    LimitsExceeded,

    /// <summary>Reading failed.</summary>
    ReadError,

    /// <summary>Writing failed.</summary>
    WriteError,

    /// <summary>The other side cannot be reached.</summary>
    ConnectionError,

    /// <summary>The other side is not who it should be, or what it sent is not what was signed.</summary>
    SecurityError,

    /// <summary>The other side refuses.</summary>
    PermissionDenied,

    /// <summary>A passphrase does not fit.</summary>
    AuthenticationError,
}

/// <summary>What holds for each error code: the one table that program, cmdlets, hook and reports go by.</summary>
/// <param name="Kind">What kind of failure it is.</param>
/// <param name="ExitCode">The program's exit code.</param>
/// <param name="NeedsPerson">Whether an unattended sync tells the person; what passes by itself is not worth a line at the start of a session.</param>
/// <param name="IsReported">
/// Whether the master is told; not what passes by itself, what it knows already, and what stands between the two.
/// </param>
public sealed record ErrorFacts(ErrorKind Kind, ExitCode ExitCode = ExitCode.Failed, bool NeedsPerson = true, bool IsReported = true)
{
    /// <summary>Those of a code.</summary>
    public static ErrorFacts Of(ErrorCode code) => code switch
    {
        ErrorCode.InternalError => new(ErrorKind.NotSpecified),
        ErrorCode.InvalidUsage => new(ErrorKind.InvalidArgument, ExitCode.Usage, IsReported: false),
        ErrorCode.Cancelled => new(ErrorKind.OperationStopped, NeedsPerson: false, IsReported: false),
        ErrorCode.HomeNotFound => new(ErrorKind.ObjectNotFound),
        ErrorCode.HomeChanged => new(ErrorKind.InvalidOperation),
        ErrorCode.SettingsInvalid => new(ErrorKind.InvalidData),
        ErrorCode.NotMaster => new(ErrorKind.InvalidOperation),
        ErrorCode.NotFollower => new(ErrorKind.InvalidOperation, NeedsPerson: false, IsReported: false),
        ErrorCode.RoleConflict => new(ErrorKind.InvalidOperation),
        ErrorCode.TomlInvalid => new(ErrorKind.InvalidData),
        ErrorCode.JsonInvalid => new(ErrorKind.InvalidData),
        ErrorCode.JoinLinkInvalid => new(ErrorKind.InvalidArgument, ExitCode.Usage),
        ErrorCode.FileUnreadable => new(ErrorKind.ReadError),
        ErrorCode.FileUnwritable => new(ErrorKind.WriteError),
        ErrorCode.DiskFull => new(ErrorKind.WriteError, NeedsPerson: false),
        ErrorCode.PathBlocked => new(ErrorKind.WriteError),
        ErrorCode.PathInvalid => new(ErrorKind.InvalidData),
        ErrorCode.Busy => new(ErrorKind.ResourceBusy, NeedsPerson: false, IsReported: false),
        ErrorCode.RuntimeMissing => new(ErrorKind.ResourceUnavailable),
        ErrorCode.ServiceManagerMissing => new(ErrorKind.ResourceUnavailable),
        ErrorCode.ServiceFailed => new(ErrorKind.ResourceUnavailable),
        ErrorCode.DeletionsHeld => new(ErrorKind.LimitsExceeded),
        ErrorCode.FindingsHeld => new(ErrorKind.InvalidData),
        ErrorCode.LimitExceeded => new(ErrorKind.LimitsExceeded),
        ErrorCode.ListenFailed => new(ErrorKind.ResourceUnavailable),
        ErrorCode.FollowerNotFound => new(ErrorKind.ObjectNotFound),
        ErrorCode.GroupNotFound => new(ErrorKind.ObjectNotFound),
        ErrorCode.IdentityInvalid => new(ErrorKind.InvalidData),
        ErrorCode.FileExists => new(ErrorKind.ResourceExists),
        ErrorCode.PassphraseRefused => new(ErrorKind.AuthenticationError),
        ErrorCode.WatchLimitReached => new(ErrorKind.LimitsExceeded),
        ErrorCode.RestartNeeded => new(ErrorKind.InvalidOperation),
        ErrorCode.StoreFailed => new(ErrorKind.ConnectionError),
        ErrorCode.PublicationConflict => new(ErrorKind.ResourceExists, ExitCode.Conflict),
        ErrorCode.MasterUnreachable => new(ErrorKind.ConnectionError, ExitCode.Unreachable, NeedsPerson: false, IsReported: false),
        ErrorCode.MasterTimeout => new(ErrorKind.OperationTimeout, ExitCode.Unreachable, NeedsPerson: false, IsReported: false),
        ErrorCode.ProtocolViolation => new(ErrorKind.InvalidData, IsReported: false),
        ErrorCode.ProtocolVersion => new(ErrorKind.InvalidData, IsReported: false),
        ErrorCode.FingerprintMismatch => new(ErrorKind.SecurityError, ExitCode.TrustRefused, IsReported: false),
        ErrorCode.HeadInvalid => new(ErrorKind.SecurityError, ExitCode.TrustRefused),
        ErrorCode.HeadReplayed => new(ErrorKind.SecurityError, ExitCode.TrustRefused),
        ErrorCode.HeadConflict => new(ErrorKind.SecurityError, ExitCode.TrustRefused),
        ErrorCode.DelegationRefused => new(ErrorKind.SecurityError, ExitCode.TrustRefused),
        ErrorCode.ContentMismatch => new(ErrorKind.SecurityError, ExitCode.TrustRefused),
        ErrorCode.CredentialRefused => new(ErrorKind.PermissionDenied, ExitCode.TrustRefused, IsReported: false),
        ErrorCode.InviteRefused => new(ErrorKind.PermissionDenied, ExitCode.TrustRefused, IsReported: false),
        ErrorCode.ApprovalPending => new(ErrorKind.PermissionDenied, ExitCode.TrustRefused, IsReported: false),
        ErrorCode.PeerRefused => new(ErrorKind.PermissionDenied, ExitCode.TrustRefused, IsReported: false),
        ErrorCode.RevisionNotFound => new(ErrorKind.ObjectNotFound, NeedsPerson: false, IsReported: false),
        ErrorCode.PublicationUnreadable => new(ErrorKind.ObjectNotFound),
        ErrorCode.AdoptionRequired => new(ErrorKind.ResourceExists, ExitCode.Conflict),
        ErrorCode.NameConflict => new(ErrorKind.ResourceExists, ExitCode.Conflict),
        ErrorCode.DriftRefused => new(ErrorKind.ResourceExists, ExitCode.Conflict),
        ErrorCode.VariableMissing => new(ErrorKind.InvalidArgument),
        ErrorCode.ConfigurationRejected => new(ErrorKind.InvalidData),
        ErrorCode.ConcurrentChange => new(ErrorKind.ResourceBusy, NeedsPerson: false, IsReported: false),
        ErrorCode.StateDamaged => new(ErrorKind.InvalidData),
        ErrorCode.StateUnsafe => new(ErrorKind.SecurityError),
        ErrorCode.BackupNotFound => new(ErrorKind.ObjectNotFound),
        _ => throw new ArgumentOutOfRangeException(nameof(code), code, "Nothing is said of this error code."),
    };
}
