namespace Codexport.Server.Dashboard;

/// <summary>Paths of the dashboard that are no page of a session.</summary>
internal static class DashboardPaths
{
    /// <summary>Where a ticket lets in.</summary>
    public const string Enter = "/enter";

    /// <summary>What browsers ask for by themselves; there is nothing.</summary>
    public const string Icon = "/favicon.ico";

    /// <summary>Where the command asks whether it is the right master.</summary>
    public const string Proof = "/proof";
}
