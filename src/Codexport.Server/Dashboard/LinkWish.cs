using System.Globalization;
using Codexport.Engine.Errors;
using Codexport.Engine.Settings;
using Microsoft.AspNetCore.Http;

namespace Codexport.Server.Dashboard;

/// <summary>What kind of join link a person wants.</summary>
/// <param name="Hosts">The names or addresses under which followers reach this machine, best first.</param>
/// <param name="ExpiresIn">How long it lets in; null for as long as it is not renewed.</param>
/// <param name="Uses">How many it lets in; null for any number.</param>
/// <param name="Group">The group that its followers come into; null for none.</param>
internal sealed record LinkWish(IReadOnlyList<string> Hosts, TimeSpan? ExpiresIn, int? Uses, string? Group)
{
    /// <summary>Reads the form.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.InvalidUsage"/>.</exception>
    public static LinkWish Read(IFormCollection form)
    {
        var uses = form["uses"].ToString().Trim();
        var expires = form["expires"].ToString();
        return new LinkWish(
            form["hosts"].ToString().Split([',', ' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            expires.Length == 0 ? null : Duration.Parse(expires),
            uses.Length == 0 ? null
                : int.TryParse(uses, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
                : throw new CodexportException(ErrorCode.InvalidUsage, "How many the link lets in must be a whole number.", "Leave the field empty for any number."),
            form["group"] is [{ Length: > 0 } group] ? group : null);
    }
}
