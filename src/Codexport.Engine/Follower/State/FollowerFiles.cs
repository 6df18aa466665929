using Codexport.Engine.Content;
using Codexport.Engine.Homes;

namespace Codexport.Engine.Follower.State;

/// <summary>Where a follower's own state lies, all below <c>~/.codexport/state</c>.</summary>
internal static class FollowerFiles
{
    /// <summary>Pin and credential.</summary>
    public static string EnrollmentFile(this CodexportHome home) => Path.Join(home.MachineStateFolder, "enrollment.json");

    /// <summary>The newest head that was accepted: the mark that no older head passes.</summary>
    public static string HeadMarkFile(this CodexportHome home) => Path.Join(home.MachineStateFolder, "head.json");

    /// <summary>When the master was last reached, and what failed since.</summary>
    public static string ContactFile(this CodexportHome home) => Path.Join(home.MachineStateFolder, "contact.json");

    /// <summary>What was last applied.</summary>
    public static string AppliedFile(this CodexportHome home) => Path.Join(home.MachineStateFolder, "applied.json");

    /// <summary>What is fetched, verified and waits to be applied.</summary>
    public static string StagedFile(this CodexportHome home) => Path.Join(home.MachineStateFolder, "staged.json");

    /// <summary>The kept revision documents.</summary>
    public static string RevisionsFolder(this CodexportHome home) => Path.Join(home.MachineStateFolder, "revisions");

    /// <summary>One kept revision document.</summary>
    public static string RevisionFile(this CodexportHome home, Sha256Hash revision)
        => Path.Join(home.RevisionsFolder(), revision + ".json");
}
