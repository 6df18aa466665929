using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Identity;

/// <summary>
/// Which epoch and keyring the next head names, <c>master/epoch.json</c>: there once this master has published to a store. Without it heads
/// are of the first version, which every follower reads.
/// </summary>
/// <param name="Epoch">The epoch's number.</param>
/// <param name="Keyring">SHA-256 of the list of its wrapped keys.</param>
internal sealed record EpochInForce(long Epoch, Sha256Hash Keyring)
{
    /// <summary>Reads it; null when there is none, or it is damaged: the next publication writes it anew.</summary>
    public static EpochInForce? TryRead(EngineContext context)
    {
        long epoch = 0;
        string? keyring = null;
        try
        {
            FlatJson.TryRead(context.Files, PathOf(context), (string name, ref System.Text.Json.Utf8JsonReader value) =>
            {
                switch (name)
                {
                    case "epoch": epoch = value.GetInt64(); break;
                    case "keyring": keyring = value.GetString(); break;
                    default: value.Skip(); break;
                }
            });
        }
        catch (CodexportException error) when (error.Code == ErrorCode.StateDamaged)
        {
            context.Trace?.Invoke(error.Message);
        }

        return epoch > 0 && Sha256Hash.TryParse(keyring, out var hash) ? new EpochInForce(epoch, hash) : null;
    }

    /// <summary>Writes it, durably.</summary>
    public void Write(EngineContext context)
    {
        SetAside.IfNotFile(context, PathOf(context));
        AtomicFile.Write(context.Files, PathOf(context), FlatJson.Write(json =>
        {
            json.WriteNumber("epoch"u8, Epoch);
            json.WriteString("keyring"u8, Keyring.ToString());
        }), FilePermission.Private);
    }

    private static string PathOf(EngineContext context) => Path.Combine(context.Home.MasterFolder, "epoch.json");
}
