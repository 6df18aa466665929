using Codexport.Engine.Errors;

namespace Codexport.Cli.Rendering;

/// <summary>Errors that arise in the program itself.</summary>
internal static class Errors
{
    /// <summary>Ctrl+C, or the system ended the program.</summary>
    public static CodexportException Cancelled() => new(
        ErrorCode.Cancelled, "The work was stopped before it was done.", "Run the command again; it goes on from a sound state.");

    /// <summary>A command line that cannot be understood.</summary>
    public static CodexportException Usage(string message, string remedy) => new(ErrorCode.InvalidUsage, message, remedy);

    /// <summary>A defect, without its stack trace.</summary>
    public static CodexportException Unexpected(Exception error) => new(
        ErrorCode.InternalError,
        $"Something went wrong that Codexport did not foresee ({error.GetType().Name}): {error.Message}",
        "Run it again with CODEXPORT_DEBUG=1 in the environment and report what it prints.",
        inner: error);
}
