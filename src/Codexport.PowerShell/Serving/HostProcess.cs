using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Codexport.Engine.Errors;

namespace Codexport.PowerShell.Serving;

/// <summary>
/// The program as a child of this session. Its standard input is its lifeline: disposing closes it, and so does the system when the session
/// is killed.
/// </summary>
internal sealed class HostProcess : IDisposable
{
    // What the .NET host answers when it finds no runtime, or not the one that the program asks for.
    private static readonly int[] RuntimeMissingCodes = [131, 145, 150];
    private static readonly TimeSpan EndWait = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly BlockingCollection<string> _lines = [];
    private readonly StringBuilder _errors = new();

    private HostProcess(Process process) => _process = process;

    /// <summary>Starts the program.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RuntimeMissing"/>.</exception>
    public static HostProcess Start(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(DotnetProgram.Find())
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        start.ArgumentList.Add(HostProgram.Assembly);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var host = new HostProcess(new Process { StartInfo = start });
        host.Begin();
        return host;
    }

    /// <summary>What it prints, a line at a time, until it ends.</summary>
    /// <exception cref="OperationCanceledException">The wait was stopped.</exception>
    public IEnumerable<string> ReadLines(CancellationToken cancellationToken) => _lines.GetConsumingEnumerable(cancellationToken);

    /// <summary>Throws if it ended otherwise than well.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.RuntimeMissing"/> or <see cref="ErrorCode.InternalError"/>.</exception>
    public void ThrowIfFailed()
    {
        _process.WaitForExit();
        if (_process.ExitCode == 0)
        {
            return;
        }

        var said = _errors.ToString().Trim();
        throw RuntimeMissingCodes.Contains(_process.ExitCode)
            ? DotnetProgram.Missing(said)
            : new CodexportException(
                ErrorCode.InternalError,
                $"The server ended with exit code {_process.ExitCode}{(said.Length == 0 ? "." : $": {said}")}",
                "Run 'Start-CodexportMaster -Debug' and look at what it prints.");
    }

    /// <summary>Ends it: asks by closing its input, and kills it when it does not follow in time.</summary>
    public void Dispose()
    {
        try
        {
            _process.StandardInput.Close();
            if (!_process.WaitForExit(EndWait))
            {
                _process.Kill(entireProcessTree: true);
                _process.WaitForExit();
            }
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            // It has ended already.
            Trace.WriteLine(error.Message);
        }

        _process.Dispose();
    }

    private void Begin()
    {
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
            {
                _lines.CompleteAdding();
            }
            else
            {
                _lines.Add(line.Data);
            }
        };
        _process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        try
        {
            _process.Start();
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw DotnetProgram.Missing(error.Message);
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }
}
