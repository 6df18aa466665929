namespace Codexport.Cli.Commands;

/// <summary>This program, as others shall start it.</summary>
internal static class OwnProgram
{
    /// <summary>Its absolute path; null when it runs inside another one (<c>dotnet codexport.dll</c>).</summary>
    public static string? Path => Environment.ProcessPath is { } path
        && System.IO.Path.GetFileNameWithoutExtension(path).Equals("codexport", StringComparison.OrdinalIgnoreCase)
            ? path
            : null;
}
