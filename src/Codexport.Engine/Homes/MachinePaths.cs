using Codexport.Engine.Platform.Paths;

namespace Codexport.Engine.Homes;

/// <summary>How one machine spells its paths and what it is called: a parameter, so that the rules of Windows are testable on Linux.</summary>
/// <param name="Style">The rules that its paths follow.</param>
/// <param name="Platform"><c>linux</c>, <c>macos</c> or <c>windows</c>.</param>
/// <param name="UserHome">The user's home as configuration spells it.</param>
/// <param name="CodexFolder">The Codex home as configuration spells it.</param>
internal sealed record MachinePaths(PathStyle Style, string Platform, string UserHome, string CodexFolder)
{
    /// <summary>The same two with links resolved, where the system knows them by another spelling.</summary>
    internal (string UserHome, string CodexFolder)? Resolved { get; init; }

    /// <summary>Which names a file may have there.</summary>
    internal PathRules NameRules => Style == PathStyle.Windows ? PathRules.Windows : PathRules.Unix;

    /// <summary>The machine that this runs on.</summary>
    internal static MachinePaths Of(CodexportHome home) => new(
        PathStyle.Current, OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux", home.UserHome, home.CodexFolder);

    /// <summary>The exchange of these paths for variables.</summary>
    /// <param name="variables">The declared path variables with this machine's values.</param>
    internal PortablePaths Portable(IReadOnlyDictionary<string, string> variables) => new(Style, UserHome, CodexFolder, variables, Resolved);

    /// <summary>The path of a file right below a folder.</summary>
    internal string FileIn(string folder, string name) => folder.TrimEnd('/', '\\') + (Style == PathStyle.Windows ? '\\' : '/') + name;
}
