namespace Codexport.Engine.Codex;

/// <summary>How paths are spelled and compared on a machine, so that the rules of one platform are testable on another.</summary>
public enum PathRules
{
    /// <summary><c>/</c> alone separates; case counts.</summary>
    Unix,

    /// <summary><c>\</c> and <c>/</c> separate; drive letters; case does not count.</summary>
    Windows,
}

/// <summary>The rules of this machine.</summary>
public static class PathRulesExtensions
{
    extension(PathRules)
    {
        /// <summary>The rules of the machine that this runs on.</summary>
        public static PathRules Current => OperatingSystem.IsWindows() ? PathRules.Windows : PathRules.Unix;
    }
}
