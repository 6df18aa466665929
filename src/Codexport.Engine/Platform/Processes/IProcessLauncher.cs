using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Processes;

/// <summary>Runs other programs, so that tests can put something else in their place.</summary>
public interface IProcessLauncher
{
    /// <summary>
    /// Runs a program to its end with nothing on its standard input. Cancellation ends it with everything that it started.
    /// </summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FileUnreadable"/> when it cannot be started.</exception>
    Task<ProcessOutcome> RunAsync(ProcessRequest request, CancellationToken cancellationToken);

    /// <summary>Starts a program to talk with. Disposing ends it with everything that it started.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FileUnreadable"/> when it cannot be started.</exception>
    IRunningProcess Start(ProcessRequest request);
}

/// <summary>A program that runs and is talked with line by line.</summary>
public interface IRunningProcess : IAsyncDisposable
{
    /// <summary>Its standard input.</summary>
    TextWriter Input { get; }

    /// <summary>Its standard output.</summary>
    TextReader Output { get; }
}
