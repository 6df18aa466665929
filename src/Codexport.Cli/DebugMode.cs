namespace Codexport.Cli;

/// <summary>Whether defects show their stack trace: <c>CODEXPORT_DEBUG=1</c>.</summary>
internal static class DebugMode
{
    /// <summary>Whether it is on.</summary>
    public static bool IsOn => Environment.GetEnvironmentVariable("CODEXPORT_DEBUG") == "1";
}
