namespace Codexport.Engine.Follower.Wire;

/// <summary>The fact of an error: another key answered than the pinned one.</summary>
/// <param name="Actual">The fingerprint of the key that answered.</param>
internal sealed record WrongKey(string Actual);
