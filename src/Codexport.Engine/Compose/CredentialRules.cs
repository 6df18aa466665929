using System.Globalization;
using System.Text.Json;
using Codexport.Engine.Apply;
using Codexport.Engine.Codex;
using Codexport.Engine.Platform.Paths;
using Codexport.Engine.Protocol;
using Codexport.Engine.Results;
using Codexport.Engine.Settings;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Compose;

/// <summary>
/// Decides credential files. One is written when there is none at first, and later while it is as it was last written; one that Codex
/// refreshed here, or that the person deleted, stays so. A newer login is never overwritten, and none is written where Codex keeps its
/// logins in a keyring. Logins whose tokens change on use are taken only by those who ask for them.
/// </summary>
internal sealed class CredentialRules(ComposeScope scope)
{
    private readonly CompositionReport _report = scope.Report;

    internal void Decide()
    {
        if (scope.Input.Settings.Credentials == CredentialPolicy.Never)
        {
            return;
        }

        var stores = Stores();
        var canonical = scope.Input.Document.Files.Where(file => CodexLayout.IsCredential(file.Path)).ToList();
        foreach (var file in canonical)
        {
            SafePath.Require(file.Path, scope.Context.Machine.NameRules);
            if (stores.GetValueOrDefault(file.Path) == "keyring")
            {
                _report.Warnings.Add($"{file.Path} is not written: Codex keeps these credentials in the keyring here.");
                continue;
            }

            Decide(file);
        }

        var names = canonical.Select(file => file.Path).ToHashSet(StringComparer.Ordinal);
        foreach (var file in (scope.Input.Applied?.Files ?? []).Where(file => file.IsCredential && !names.Contains(file.Path)))
        {
            Drop(file);
        }
    }

    // What the composed configuration says about where Codex keeps its logins.
    private Dictionary<string, string?> Stores()
    {
        var text = _report.ComposedFiles.GetValueOrDefault(CodexLayout.ConfigFile);
        var root = text is null ? null : TomlDocument.Parse(text, CodexLayout.ConfigFile).Root;
        return new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [CodexLayout.AuthFile] = root?["cli_auth_credentials_store"]?.AsString(),
            [CodexLayout.ServerCredentialsFile] = root?["mcp_oauth_credentials_store"]?.AsString(),
        };
    }

    private void Decide(RevisionFile file)
    {
        var now = scope.Present.Read(file.Path);
        var former = scope.Applied(file.Path);
        if (now.Hash == file.Hash)
        {
            _report.Manage(file.Path, file.Hash, now.IsExecutable, file.Size, isCredential: true);
        }
        else if (scope.Input.Settings.Credentials == CredentialPolicy.ApiKeyOnly && SharedLogin.IsRotating(file.Path, scope.Contents.ReadAll(file.Hash)))
        {
            Leave(file, former, "Its tokens change whenever they are used, so each machine has its own. " + SharedLogin.HowToShare);
        }
        else if (now.Hash is null && former is null)
        {
            Write(file, now, ChangeAction.Add);
        }
        else if (scope.Input.Settings.Credentials != CredentialPolicy.Always && (now.Hash is null || former is null || now.Hash != former.Hash))
        {
            Leave(file, former, now.Hash is null ? "It was deleted here and stays so."
                : former is null ? "It is this follower's own." : "It was refreshed or changed here.");
        }
        else if (now.Hash is not null && LastRefresh(scope.Present.TryReadBytes(file.Path)) > LastRefresh(scope.Contents.ReadAll(file.Hash)))
        {
            Leave(file, former, "It is newer than the master's.");
        }
        else
        {
            Write(file, now, now.Hash is null ? ChangeAction.Add : ChangeAction.Update);
        }
    }

    private void Write(RevisionFile file, TargetState now, ChangeAction action)
    {
        _report.Steps.Add(PlannedChanges.Of(file.Path, now, new TargetState(file.Hash, false), file.Size));
        _report.Manage(file.Path, file.Hash, false, file.Size, isCredential: true);
        _report.Changes.Add(new ChangeInfo(
            file.Path, null, action, ChangeReason.Canonical, now.Hash is null ? null : SecretMask.Mask, SecretMask.Mask));
        if (file.Path == CodexLayout.AuthFile && scope.Applied(file.Path) is null && SharedLogin.IsShared(scope.Contents.ReadAll(file.Hash)))
        {
            _report.Warnings.Add(SharedLogin.Warning);
        }
    }

    private void Leave(RevisionFile file, AppliedFile? former, string note)
    {
        if (former is not null)
        {
            _report.Managed.Add(former with { ModifiedTicks = 0 });
        }

        _report.Changes.Add(new ChangeInfo(file.Path, null, ChangeAction.Keep, ChangeReason.KeptLocal, SecretMask.Mask, SecretMask.Mask, note));
    }

    private void Drop(AppliedFile file)
    {
        var now = scope.Present.Read(file.Path);
        if (now.Hash is { } hash && hash == file.Hash)
        {
            _report.Steps.Add(PlannedChanges.Of(file.Path, now, TargetState.Absent));
            _report.Changes.Add(new ChangeInfo(file.Path, null, ChangeAction.Remove, ChangeReason.Canonical, SecretMask.Mask));
        }
    }

    private static DateTimeOffset LastRefresh(byte[]? content)
    {
        var found = DateTimeOffset.MinValue;
        _ = content is not null && Read(content, root => root.TryGetProperty("last_refresh", out var time) && time.ValueKind == JsonValueKind.String
            && DateTimeOffset.TryParse(time.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out found));
        return found;
    }

    private static bool Read(ReadOnlyMemory<byte> content, Func<JsonElement, bool> ask)
    {
        try
        {
            using var json = JsonDocument.Parse(content);
            return json.RootElement.ValueKind == JsonValueKind.Object && ask(json.RootElement);
        }
        catch (JsonException)
        {
            // Not a login as Codex writes it: then it says neither.
            return false;
        }
    }
}
