using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Publication;

namespace Codexport.Engine.Follower.State;

/// <summary>
/// The keys of the epoch that this follower opened last, <c>state/epoch.json</c>, 0600: with them a change costs no look into the keyring. What
/// is lost is read out of the keyring again.
/// </summary>
internal static class EpochKeys
{
    private const string KeyPrefix = "key ";

    /// <summary>The keys of an epoch; null when another one, or none, was opened last.</summary>
    public static IReadOnlyList<SealingKey>? TryRead(EngineContext context, long epoch)
    {
        var path = PathOf(context);
        var number = 0L;
        var keys = new List<SealingKey>();
        try
        {
            StateGuard.RequireSecret(context.Files, path);
            FlatJson.TryRead(context.Files, path, (string name, ref System.Text.Json.Utf8JsonReader value) =>
            {
                if (name == "epoch")
                {
                    number = value.GetInt64();
                }
                else if (name.StartsWith(KeyPrefix, StringComparison.Ordinal) && value.GetBytesFromBase64() is { Length: SealingKey.Size } key)
                {
                    keys.Add(new SealingKey(epoch, name[KeyPrefix.Length..], key));
                }
                else
                {
                    value.Skip();
                }
            });
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            context.Trace?.Invoke(error.Message);
            return null;
        }

        return number == epoch && keys.Count > 0 ? keys : null;
    }

    /// <summary>Keeps the keys of an epoch in the place of those of another one.</summary>
    public static void Write(EngineContext context, long epoch, IReadOnlyList<SealingKey> keys)
    {
        SetAside.IfNotFile(context, PathOf(context));
        AtomicFile.Write(context.Files, PathOf(context), FlatJson.Write(json =>
        {
            json.WriteNumber("epoch"u8, epoch);
            foreach (var key in keys)
            {
                json.WriteBase64String(KeyPrefix + key.Label, key.Secret);
            }
        }), FilePermission.Private);
    }

    /// <summary>Where they lie.</summary>
    internal static string PathOf(EngineContext context) => Path.Join(context.Home.MachineStateFolder, "epoch.json");
}
