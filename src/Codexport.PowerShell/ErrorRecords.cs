using System.Management.Automation;
using Codexport.Engine.Errors;

namespace Codexport.PowerShell;

/// <summary>Turns the engine's errors into error records: the code as id, a fitting category, and the remedy as recommended action.</summary>
internal static class ErrorRecords
{
    /// <summary>The record of an error.</summary>
    public static ErrorRecord From(CodexportException error)
    {
        var details = error.Details.Select(detail => $"{Environment.NewLine}  {detail.Key}: {ForeignText.Line(detail.Value)}");
        return new ErrorRecord(error, error.Code.ToString(), CategoryOf(error.Code), error.Target)
        {
            ErrorDetails = new ErrorDetails($"{error.Message}{string.Concat(details)}") { RecommendedAction = error.Remedy },
        };
    }

    /// <summary>The record of a defect.</summary>
    public static ErrorRecord Unexpected(Exception error) => From(new CodexportException(
        ErrorCode.InternalError,
        $"Something went wrong that Codexport did not foresee ({error.GetType().Name}): {error.Message}",
        "Run the cmdlet again and report what 'Get-Error' shows.",
        inner: error));

    private static ErrorCategory CategoryOf(ErrorCode code) => code switch
    {
        ErrorCode.InvalidUsage or ErrorCode.JoinLinkInvalid or ErrorCode.VariableMissing => ErrorCategory.InvalidArgument,
        ErrorCode.Cancelled => ErrorCategory.OperationStopped,
        ErrorCode.HomeNotFound or ErrorCode.FollowerNotFound or ErrorCode.BackupNotFound or ErrorCode.RevisionNotFound
            => ErrorCategory.ObjectNotFound,
        ErrorCode.NotMaster or ErrorCode.NotFollower or ErrorCode.RoleConflict or ErrorCode.HomeChanged or ErrorCode.RestartNeeded
            => ErrorCategory.InvalidOperation,
        ErrorCode.TomlInvalid or ErrorCode.JsonInvalid or ErrorCode.SettingsInvalid or ErrorCode.StateDamaged or ErrorCode.IdentityInvalid
            or ErrorCode.ProtocolViolation or ErrorCode.ProtocolVersion or ErrorCode.ConfigurationRejected or ErrorCode.PathInvalid
            => ErrorCategory.InvalidData,
        ErrorCode.FileUnreadable => ErrorCategory.ReadError,
        ErrorCode.FileUnwritable or ErrorCode.DiskFull or ErrorCode.PathBlocked => ErrorCategory.WriteError,
        ErrorCode.Busy or ErrorCode.ConcurrentChange => ErrorCategory.ResourceBusy,
        ErrorCode.LimitExceeded or ErrorCode.DeletionsHeld or ErrorCode.WatchLimitReached => ErrorCategory.LimitsExceeded,
        ErrorCode.ListenFailed or ErrorCode.RuntimeMissing or ErrorCode.ServiceManagerMissing or ErrorCode.ServiceFailed
            => ErrorCategory.ResourceUnavailable,
        ErrorCode.MasterUnreachable => ErrorCategory.ConnectionError,
        ErrorCode.MasterTimeout => ErrorCategory.OperationTimeout,
        ErrorCode.FingerprintMismatch or ErrorCode.HeadInvalid or ErrorCode.HeadReplayed or ErrorCode.HeadConflict
            or ErrorCode.ContentMismatch or ErrorCode.StateUnsafe => ErrorCategory.SecurityError,
        ErrorCode.CredentialRefused or ErrorCode.InviteRefused or ErrorCode.ApprovalPending or ErrorCode.PeerRefused
            => ErrorCategory.PermissionDenied,
        ErrorCode.AdoptionRequired or ErrorCode.NameConflict or ErrorCode.DriftRefused or ErrorCode.FileExists => ErrorCategory.ResourceExists,
        ErrorCode.PassphraseRefused => ErrorCategory.AuthenticationError,
        _ => ErrorCategory.NotSpecified,
    };
}
