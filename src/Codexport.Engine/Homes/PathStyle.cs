namespace Codexport.Engine.Homes;

/// <summary>How paths are spelled and compared on a machine, so that the rules of one platform are testable on another.</summary>
internal enum PathStyle
{
    /// <summary><c>/</c> alone separates; case counts.</summary>
    Unix,

    /// <summary><c>\</c> and <c>/</c> separate; drive letters; case does not count.</summary>
    Windows,
}

/// <summary>The rules of this machine.</summary>
internal static class PathStyleExtensions
{
    extension(PathStyle)
    {
        /// <summary>The rules of the machine that this runs on.</summary>
        public static PathStyle Current => OperatingSystem.IsWindows() ? PathStyle.Windows : PathStyle.Unix;
    }
}
