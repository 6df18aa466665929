namespace Codexport.Engine.Settings;

/// <summary><c>[rollout]</c>: how a publication goes from ring to ring.</summary>
public sealed record RolloutSettings
{
    /// <summary><c>rings</c>, in the order in which they get a publication; fewer than two mean that everybody gets it at once.</summary>
    public IReadOnlyList<string> Rings { get; init; } = [];

    /// <summary><c>after</c>: for how long a ring must be healthy before the next one gets its publication.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary><c>healthy</c>: the share of a ring's followers, above 0 and at most 1, that must have applied it without error.</summary>
    public double Healthy { get; init; } = 0.9;

    /// <summary>The rings that count: an empty name stands for the one ring of a master that has none.</summary>
    public IReadOnlyList<string> Effective => Rings.Count > 1 ? Rings : [string.Empty];

    /// <summary>The ring of whoever is in none, or in one that is not listed any more: the last.</summary>
    public string RingOf(string? ring) => ring is not null && Effective.Contains(ring, StringComparer.Ordinal) ? ring : Effective[^1];
}
