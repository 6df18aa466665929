using System.Globalization;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Master.Building;

/// <summary>The refusal of an export that passes a limit.</summary>
internal static class BuildLimits
{
    /// <summary>The error.</summary>
    /// <param name="limit">The limit's name, for <c>--json</c> only.</param>
    /// <param name="what">A whole sentence that says how much there is at most.</param>
    /// <param name="target">What is too large.</param>
    public static CodexportException Exceeded(string limit, string what, string? target) => new(
        ErrorCode.LimitExceeded,
        what,
        "Leave something out with exclude under [export] in local.toml, then rebuild. The last good revision stays in service.",
        target)
    {
        Details = [new("limit", limit)],
    };

    /// <summary>A size as a person says it: <c>64 MiB</c>; what is not a whole number of a unit stays in bytes.</summary>
    public static string Size(long bytes)
    {
        string[] units = ["bytes", "KiB", "MiB", "GiB"];
        var unit = 0;
        while (unit < units.Length - 1 && bytes > 0 && bytes % 1024 == 0)
        {
            bytes /= 1024;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{bytes} {units[unit]}");
    }
}
