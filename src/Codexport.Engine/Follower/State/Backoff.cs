namespace Codexport.Engine.Follower.State;

/// <summary>How long the hook's sync leaves the master alone after failures in a row: 1, 2, 5, 15, 30, then 60 minutes.</summary>
internal static class Backoff
{
    /// <summary>The pause after the <paramref name="failures"/>th failure in a row.</summary>
    public static TimeSpan After(int failures) => TimeSpan.FromMinutes(failures switch
    {
        <= 0 => 0,
        1 => 1,
        2 => 2,
        3 => 5,
        4 => 15,
        5 => 30,
        _ => 60,
    });
}
