using Codexport.Engine.Content;

namespace Codexport.Engine.Apply;

/// <summary>
/// How far a follower has come, noted in a second and third place beside <c>state/head.json</c>: with the pin in the enrollment, and in the
/// applied state. The highest of the three counts, so that losing one opens no way back to an older head.
/// </summary>
/// <param name="Pin">The pin under which the head was accepted; under another one the note says nothing.</param>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="Revision">The revision that it names.</param>
internal sealed record SeenHead(string Pin, long Sequence, Sha256Hash Revision);
