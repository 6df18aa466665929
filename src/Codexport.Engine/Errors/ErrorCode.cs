namespace Codexport.Engine.Errors;

/// <summary>
/// Every way in which Codexport refuses or fails. The names are contract: they are the <c>error.code</c> of <c>--json</c> and the
/// first part of a cmdlet's FullyQualifiedErrorId. Add, never rename.
/// </summary>
public enum ErrorCode
{
    /// <summary>A defect of Codexport itself.</summary>
    InternalError,

    /// <summary>A command line or parameter that cannot be understood.</summary>
    InvalidUsage,

    /// <summary>The person or a deadline stopped the work.</summary>
    Cancelled,

    // Homes, settings and roles.

    /// <summary>The Codex home or user home does not exist or is not a folder.</summary>
    HomeNotFound,

    /// <summary>The Codex home is another than the one recorded at join or init.</summary>
    HomeChanged,

    /// <summary><c>local.toml</c> or another file of the person's settings is wrong.</summary>
    SettingsInvalid,

    /// <summary>The command needs a master and this home is none.</summary>
    NotMaster,

    /// <summary>The command needs a follower and this home is none.</summary>
    NotFollower,

    /// <summary>The home already has the other role, or joined another master.</summary>
    RoleConflict,

    // Parsing.

    /// <summary>A TOML document does not parse; details carry line and column, counted from 1.</summary>
    TomlInvalid,

    /// <summary>A JSON document does not parse or has the wrong shape.</summary>
    JsonInvalid,

    /// <summary>A join link is malformed.</summary>
    JoinLinkInvalid,

    // Platform.

    /// <summary>A file or folder could not be read.</summary>
    FileUnreadable,

    /// <summary>A file or folder could not be written.</summary>
    FileUnwritable,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>A symbolic link or another file type stands where Codexport would write.</summary>
    PathBlocked,

    /// <summary>A path that this platform cannot hold, or that leaves the Codex home.</summary>
    PathInvalid,

    /// <summary>Another Codexport process holds the lock.</summary>
    Busy,

    /// <summary>The .NET or ASP.NET Core runtime that the program needs, or the program itself, is missing.</summary>
    RuntimeMissing,

    /// <summary>No service manager answers on this machine; the message says how to run it by hand.</summary>
    ServiceManagerMissing,

    /// <summary>The service manager refused, or the service does not run.</summary>
    ServiceFailed,

    // Master.

    /// <summary>The export lost too much to be published without the person's word.</summary>
    DeletionsHeld,

    /// <summary>The scan found something in what would be published that a person must look at.</summary>
    FindingsHeld,

    /// <summary>A limit was passed; the message names it.</summary>
    LimitExceeded,

    /// <summary>The address or port cannot be listened on.</summary>
    ListenFailed,

    /// <summary>No follower of that name is known.</summary>
    FollowerNotFound,

    /// <summary>The master has no group or ring of that name.</summary>
    GroupNotFound,

    /// <summary>The master's key or certificate is missing or damaged.</summary>
    IdentityInvalid,

    /// <summary>A file that would be written is there already.</summary>
    FileExists,

    /// <summary>The passphrase does not open the exported identity, or the file is damaged.</summary>
    PassphraseRefused,

    /// <summary>The system has no file watches left; the Codex home is looked through at intervals instead.</summary>
    WatchLimitReached,

    /// <summary>A setting was changed that counts only when the server starts again.</summary>
    RestartNeeded,

    /// <summary>A store cannot be reached, or refuses what was asked of it.</summary>
    StoreFailed,

    /// <summary>Another master publishes to the same place.</summary>
    PublicationConflict,

    // Network and trust.

    /// <summary>The master cannot be reached, or broke off.</summary>
    MasterUnreachable,

    /// <summary>The master did not answer in time.</summary>
    MasterTimeout,

    /// <summary>The master answered with something that the protocol does not allow.</summary>
    ProtocolViolation,

    /// <summary>The two sides speak different protocol versions; the message says which to update.</summary>
    ProtocolVersion,

    /// <summary>The master's key is not the pinned one.</summary>
    FingerprintMismatch,

    /// <summary>A head whose signature or form is wrong.</summary>
    HeadInvalid,

    /// <summary>A head that is older than one already seen.</summary>
    HeadReplayed,

    /// <summary>The same sequence number with another revision.</summary>
    HeadConflict,

    /// <summary>A key that acts for the master's identity on a statement that has expired, was withdrawn or does not cover it.</summary>
    DelegationRefused,

    /// <summary>A revision document or object whose content is not what its hash says.</summary>
    ContentMismatch,

    /// <summary>The master does not know this follower's credential, or revoked it.</summary>
    CredentialRefused,

    /// <summary>The invite is missing, wrong or was renewed.</summary>
    InviteRefused,

    /// <summary>The follower waits for the master's approval.</summary>
    ApprovalPending,

    /// <summary>This address may not ask the master.</summary>
    PeerRefused,

    /// <summary>The master has nothing published yet, or not the revision that was asked for.</summary>
    RevisionNotFound,

    /// <summary>A publication in a store holds no key for this follower, or lacks what its signed head names.</summary>
    PublicationUnreadable,

    // Follower.

    /// <summary>Files that are already there differ from the master's; the first join needs <c>--adopt</c>.</summary>
    AdoptionRequired,

    /// <summary>A local MCP server or skill has the name of a canonical one.</summary>
    NameConflict,

    /// <summary>Managed content was changed locally and <c>onDrift = "fail"</c>.</summary>
    DriftRefused,

    /// <summary>A declared path variable has no value on this machine.</summary>
    VariableMissing,

    /// <summary>The composed configuration does not parse or Codex refuses it.</summary>
    ConfigurationRejected,

    /// <summary>Something else keeps writing to a file that is being applied.</summary>
    ConcurrentChange,

    /// <summary>The state or journal of an earlier run is damaged.</summary>
    StateDamaged,

    /// <summary>State or a secret that other users can change or read.</summary>
    StateUnsafe,

    /// <summary>No backup of that name is kept.</summary>
    BackupNotFound,
}
