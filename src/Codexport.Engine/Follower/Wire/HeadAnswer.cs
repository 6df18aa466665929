namespace Codexport.Engine.Follower.Wire;

/// <summary>What a master answered over plain HTTP, unproven.</summary>
/// <param name="Envelope">The bytes.</param>
/// <param name="Master">The address that answered.</param>
internal sealed record HeadAnswer(byte[] Envelope, MasterAddress Master);
