namespace Codexport.Engine.Follower.Wire;

/// <summary>What answered over plain HTTP, unproven: a hint, never a reason to refuse, to wait or to tell the person anything.</summary>
/// <param name="Envelope">The bytes; empty when something answered at one address or more, and nowhere with what could be a head.</param>
/// <param name="Master">The address that answered; null when <paramref name="Envelope"/> is empty.</param>
internal sealed record HeadAnswer(byte[] Envelope, MasterAddress? Master)
{
    /// <summary>Whatever answered is to be asked over pinned TLS.</summary>
    public static HeadAnswer Nothing { get; } = new([], null);
}
