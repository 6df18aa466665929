namespace Codexport.PowerShell;

/// <summary>The program <c>codexport</c> that comes with the module, in its <c>host</c> folder.</summary>
internal static class HostProgram
{
    /// <summary>Its absolute path; null when the module came without it.</summary>
    public static string? Path
    {
        get
        {
            var folder = System.IO.Path.GetDirectoryName(typeof(HostProgram).Assembly.Location);
            var path = System.IO.Path.Join(folder, "host", OperatingSystem.IsWindows() ? "codexport.exe" : "codexport");
            return File.Exists(path) ? path : null;
        }
    }
}
