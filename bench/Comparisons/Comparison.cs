namespace Codexport.Benchmarks.Comparisons;

/// <summary>What a figure came to.</summary>
/// <param name="Figure">What was measured.</param>
/// <param name="Ours">Our value, with unit.</param>
/// <param name="Peer">The peer's value, with unit.</param>
/// <param name="Value">The number that is judged: mostly ours over the peer's.</param>
/// <param name="Limit">What it must reach.</param>
/// <param name="AtLeast">Whether <paramref name="Limit"/> is a floor rather than a ceiling.</param>
internal sealed record Outcome(string Figure, string Ours, string Peer, double Value, double Limit, bool AtLeast = false)
{
    public bool IsReached => AtLeast ? Value >= Limit : Value <= Limit;
}

/// <summary>One comparison: a name to pick it by, and the work.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="RunAsync">Gives the outcomes; a <see cref="NotHereException"/> when a peer is not installed.</param>
internal sealed record Comparison(string Name, Func<Workbench, CancellationToken, Task<IReadOnlyList<Outcome>>> RunAsync);

/// <summary>Something that the comparison needs is not on this machine.</summary>
internal sealed class NotHereException(string what) : Exception(what);
