using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Wire;

namespace Codexport.Engine.Follower.Sync;

/// <summary>
/// Tells the master this follower's public key, for which it wraps the keys of what it publishes to stores. A help for later: it has little
/// time and never fails a sync; what did not come about is tried again in another one.
/// </summary>
internal sealed class KeyTelling(FollowerSession session)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>By what it is remembered which key was told.</summary>
    public static string MarkOf(string publicKey) => Sha256Hash.Of(Encoding.ASCII.GetBytes(publicKey)).ToString();

    /// <summary>Tells it, over the connection that is open, unless the master has it.</summary>
    public async Task TellAsync(IMasterConnection connection, CancellationToken cancellationToken)
    {
        if (connection.Master is null || session.Enrollment.IsPending || cancellationToken.IsCancellationRequested)
        {
            return;
        }

        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Patience);
        try
        {
            using var key = FollowerKey.Ensure(session.Context);
            var text = FollowerKey.PublicText(key);
            var told = MarkOf(text);
            if (session.Contact.KeyTold == told)
            {
                return;
            }

            await connection.TellKeyAsync(text, limited.Token);
            session.Note(contact => contact with { KeyTold = told });
        }
        catch (Exception failure) when (failure is CodexportException or OperationCanceledException)
        {
            session.Context.Trace?.Invoke($"The master was not told this follower's public key. {failure.Message}");
        }
    }
}
