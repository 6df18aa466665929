namespace Codexport.Server;

/// <summary>
/// How often something may happen: so many times at once, and so many a second over time. In place of ASP.NET Core's rate limiting, whose
/// timers take 0.6 % of a processor while nobody is connected, three times what the whole server takes then; which begins with a request and
/// is too late for connections; and whose clock cannot be replaced. Not safe for several threads.
/// </summary>
internal sealed class TokenBucket
{
    private double _tokens = double.NaN;
    private long _filledAt;

    /// <summary>Takes one; false when none is left.</summary>
    /// <param name="burst">How many there are at most.</param>
    /// <param name="perSecond">How many come back a second.</param>
    /// <param name="now">Milliseconds of any clock that does not go back.</param>
    public bool TryTake(int burst, double perSecond, long now)
    {
        _tokens = double.IsNaN(_tokens) ? burst : Math.Min(burst, _tokens + ((now - _filledAt) / 1000.0 * perSecond));
        _filledAt = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
