using System.Security.Cryptography;
using System.Text.Json;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Master.Followers;
using Codexport.Engine.Master.Identity;
using Codexport.Engine.Master.Publishing;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Master.Operations;

/// <summary>
/// Makes a home the master that was exported elsewhere. What is here already stays: parts of an interrupted import, or what is newer than
/// the export. The key is written last, so a home with the key has all that belongs to it. Then the setup is published, unless it lacks what
/// the followers have.
/// </summary>
internal sealed class IdentityImport(EngineContext context)
{
    private readonly PublishedRevisions _revisions = new(context);

    /// <summary>Imports.</summary>
    public async Task<IdentityImportResult> RunAsync(string file, ReadOnlyMemory<char> passphrase, CancellationToken cancellationToken)
    {
        var exported = ExportedIdentity.Parse(AtomicFile.ReadAllBytes(context.Files, file, ExportedIdentity.MaxSize), file);
        var isHere = RequireSameOrNone(exported.Fingerprint);
        var settings = SettingsFile.ReadAsFound(context.Files, context.Home.SettingsFile);
        MasterInitializer.RequireRoom(context, settings);
        var (identity, state) = await Task.Run(() => Open(exported, file, passphrase.Span), cancellationToken);
        using (identity)
        {
            if (isHere)
            {
                return Result(ImportStatus.Current, exported, []);
            }

            cancellationToken.ThrowIfCancellationRequested();
            RecordedHome.Record(context);
            SettingsFile.Restore(context.Files, context.Home.SettingsFile, Values(settings, state));
            await WriteAsync(identity, state, cancellationToken);
        }

        return Result(ImportStatus.Imported, exported, await PublishAsync(cancellationToken));
    }

    /// <summary>The key alone of an exported identity.</summary>
    internal static async Task<MasterIdentity> OpenKeyAsync(
        EngineContext context, string file, ReadOnlyMemory<char> passphrase, CancellationToken cancellationToken)
    {
        var exported = ExportedIdentity.Parse(AtomicFile.ReadAllBytes(context.Files, file, ExportedIdentity.MaxSize), file);
        return (await Task.Run(() => Open(exported, file, passphrase.Span), cancellationToken)).Identity;
    }

    private static (MasterIdentity Identity, ExportedState State) Open(ExportedIdentity exported, string file, ReadOnlySpan<char> passphrase)
    {
        MasterIdentity? identity = null;
        try
        {
            (identity, var packed) = exported.Open(passphrase);
            var state = ExportedState.Parse(packed);
            CryptographicOperations.ZeroMemory(packed);
            return (identity, state);
        }
        catch (CryptographicException error)
        {
            throw new CodexportException(
                ErrorCode.PassphraseRefused,
                $"The passphrase does not open '{file}', or the file is damaged.",
                "Nothing was changed. Try again with the right passphrase, or use another copy of the export.",
                file,
                error);
        }
        catch (JsonException error)
        {
            identity?.Dispose();
            throw new CodexportException(
                ErrorCode.IdentityInvalid,
                $"The contents of the exported identity '{file}' cannot be read.",
                "Nothing was changed. Update Codexport on this machine, or export the identity again.",
                file,
                error);
        }
    }

    private bool RequireSameOrNone(string fingerprint)
    {
        using var present = MasterIdentity.TryLoad(context);
        var other = present?.Fingerprint ?? (_revisions.ReadHeadEnvelope() is { } envelope ? HeadCodec.SignerOf(envelope) ?? "none" : fingerprint);
        if (other != fingerprint)
        {
            throw new CodexportException(
                ErrorCode.RoleConflict,
                $"The home '{context.Home.UserHome}' is another master already.",
                "Import into a home that is not a master yet, with --home and another folder, or move its folder 'master' away first.",
                context.Home.UserHome)
            {
                Details = [new("expected", fingerprint), new("actual", other)],
            };
        }

        return present is not null;
    }

    // What the person has set here counts; a setting that has its default is taken over.
    private static Dictionary<string, object?> Values(LocalSettings settings, ExportedState state)
    {
        var defaults = new LocalSettings();
        var values = new Dictionary<string, object?> { ["role"] = "master" };
        if (settings.Port == defaults.Port && state.Port != defaults.Port)
        {
            values["port"] = (long)state.Port;
        }

        if (settings.Admission == defaults.Admission && state.Admission != defaults.Admission)
        {
            values["admission"] = state.Admission == Admission.Open ? "open" : "approve";
        }

        if (settings.AllowedPeers.Count == 0 && state.AllowedPeers.Count > 0)
        {
            values["allow"] = state.AllowedPeers;
        }

        return values;
    }

    private async Task WriteAsync(MasterIdentity identity, ExportedState state, CancellationToken cancellationToken)
    {
        context.Files.CreateDirectory(context.Home.StateFolder, FilePermission.Private);
        context.Files.CreateDirectory(context.Home.MasterFolder, FilePermission.Private);
        using var building = await BuildLock.AcquireAsync(context, cancellationToken);
        using (await MasterLock.AcquireAsync(context, cancellationToken))
        {
            var book = new FollowerBookFile(context);
            if (context.Files.TryGetEntry(book.Path) is null)
            {
                book.Write([.. state.Followers]);
            }

            var invites = new Invites(context);
            if (state.Invite is { } invite && invites.TryRead() is null)
            {
                invites.Write(invite);
            }
        }

        if (_revisions.ReadRotations().Length == 0 && state.Rotations.Length > 0)
        {
            AtomicFile.Write(context.Files, new HeadInForce(context).RotationsFile, state.Rotations, FilePermission.Private);
        }

        SequenceFloor.Write(context, Math.Max(SequenceFloor.Read(context), state.Sequence));
        if (state is { Newest: { } newest, Document: { } document })
        {
            _revisions.TakeIn(newest, document);
        }

        identity.WriteTo(context, MasterIdentity.KeyFile(context));
    }

    // The key is in place: what keeps the setup from being published is told, and does not undo the import.
    private async Task<IReadOnlyList<string>> PublishAsync(CancellationToken cancellationToken)
    {
        const string Publish = " Put the setup into the Codex home and run 'codexport master rebuild'; with --accept-deletions if the loss is meant.";
        try
        {
            var result = await new MasterRebuilder(context).RunAsync(acceptDeletions: false, cancellationToken);
            return result.Status == RebuildStatus.Held ? [.. result.Warnings, "Followers wait until something is published." + Publish] : result.Warnings;
        }
        catch (CodexportException error) when (error.Code != ErrorCode.Cancelled)
        {
            return [$"Nothing was published. {error.Message} {error.Remedy}"];
        }
    }

    private IdentityImportResult Result(ImportStatus status, ExportedIdentity exported, IReadOnlyList<string> warnings)
    {
        using var identity = MasterIdentity.Load(context);
        return new IdentityImportResult(
            status, identity.Fingerprint, new FollowerBookFile(context).Read().Length, _revisions.TryReadHead(identity)?.Revision.ToString(),
            exported.ExportedAt.LocalDateTime, warnings);
    }
}
