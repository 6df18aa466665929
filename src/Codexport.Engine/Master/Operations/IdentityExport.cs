using System.Security.Cryptography;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>Writes a master's key and what belongs to it into one file that a passphrase protects.</summary>
internal sealed class IdentityExport(EngineContext context)
{
    /// <summary>Exports.</summary>
    public async Task<IdentityExportResult> RunAsync(string file, ReadOnlyMemory<char> passphrase, bool force, CancellationToken cancellationToken)
    {
        IdentityPassphrase.Require(passphrase.Span);
        RequireFree(file, force);
        using var identity = MasterIdentity.Load(context);
        var state = await ReadStateAsync(cancellationToken);
        var exported = await Task.Run(
            () =>
            {
                var packed = state.Print();
                try
                {
                    return ExportedIdentity.Protect(identity, packed, passphrase.Span, context.Time.GetUtcNow());
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(packed);
                }
            },
            cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        RequireFree(file, force);
        AtomicFile.Write(context.Files, file, exported.Print(), FilePermission.Private);
        return new IdentityExportResult(
            file, identity.Fingerprint, state.Followers.Count, state.Newest?.Revision.ToString(), exported.ExportedAt.LocalDateTime);
    }

    /// <summary>Reads all that an export holds but the key.</summary>
    internal async Task<ExportedState> ReadStateAsync(CancellationToken cancellationToken)
    {
        // Nobody publishes or changes the key meanwhile, and the parts belong together.
        using var held = await BuildLock.AcquireAsync(context, cancellationToken);
        using var identity = MasterIdentity.Load(context);
        var revisions = new PublishedRevisions(context);
        var newest = revisions.ReadIndex().Newest;
        var document = newest is null ? null : revisions.ReadDocument(newest.Revision);
        var settings = SettingsFile.Read(context.Files, context.Home.SettingsFile);
        return new ExportedState
        {
            Followers = new FollowerBookFile(context).Read(),
            Invite = new Invites(context).TryRead(),
            Rotations = revisions.ReadRotations(),
            Sequence = revisions.TryReadHead(identity)?.Sequence ?? newest?.Sequence ?? SequenceFloor.Read(context),
            Newest = document is null ? null : newest,
            Document = document,
            Port = settings.Port,
            Admission = settings.Admission,
            AllowedPeers = settings.AllowedPeers,
        };
    }

    private void RequireFree(string file, bool force)
    {
        if (!force && context.Files.TryGetEntry(file) is not null)
        {
            throw new CodexportException(
                ErrorCode.FileExists,
                $"'{file}' is there already.",
                "Choose another name, or replace it with --force (-Force).",
                file);
        }
    }
}
