namespace Codexport.Engine.Master;

/// <summary>The refusal of an export that passes a limit.</summary>
internal static class BuildLimits
{
    /// <summary>The error; it names the limit.</summary>
    public static CodexportException Exceeded(string limit, string what, string? target) => new(
        ErrorCode.LimitExceeded,
        $"{what} The limit is {limit}.",
        "Leave something out with exclude under [export] in local.toml, then rebuild. The last good revision stays in service.",
        target)
    {
        Details = [new("limit", limit)],
    };
}
