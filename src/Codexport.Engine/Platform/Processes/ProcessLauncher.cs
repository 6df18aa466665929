using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Platform.Processes;

/// <summary>Runs programs of this machine.</summary>
internal sealed class ProcessLauncher : IProcessLauncher
{
    private const int OutputLimit = 1024 * 1024;

    // Something that the program left running may hold its pipes open.
    private static readonly TimeSpan PatienceAfterExit = TimeSpan.FromSeconds(1);

    /// <summary>The one for use outside tests.</summary>
    public static ProcessLauncher Default { get; } = new();

    /// <inheritdoc/>
    public async Task<ProcessOutcome> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
    {
        using var process = StartProcess(request);
        try
        {
            process.StandardInput.Close();
            using var reading = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var output = ReadAsync(process.StandardOutput, reading.Token);
            var error = ReadAsync(process.StandardError, reading.Token);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            reading.CancelAfter(PatienceAfterExit);
            return new ProcessOutcome(
                process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        finally
        {
            End(process);
        }
    }

    /// <inheritdoc/>
    public IRunningProcess Start(ProcessRequest request) => new Running(StartProcess(request));

    private static Process StartProcess(ProcessRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var info = new ProcessStartInfo(request.Program, request.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            CreateNoWindow = true,
            WorkingDirectory = request.WorkingFolder ?? string.Empty,
        };
        foreach (var (name, value) in request.Environment)
        {
            info.Environment[name] = value;
        }

        try
        {
            return Process.Start(info)!;
        }
        catch (Exception error) when (error is Win32Exception or IOException or PlatformNotSupportedException)
        {
            throw new CodexportException(
                ErrorCode.FileUnreadable,
                $"'{request.Program}' could not be started: {error.Message}",
                "Check that it is installed and that you may run it.",
                request.Program,
                error);
        }
    }

    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        try
        {
            for (int count; (count = await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                text.Append(buffer, 0, Math.Min(count, OutputLimit - text.Length));
            }
        }
        catch (OperationCanceledException)
        {
            // What came until then is what it said; the caller sees the cancellation itself while it waits for the end.
        }

        return text.ToString();
    }

    private static void End(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime, or the system is about to end it.
        }
    }

    private sealed class Running(Process process) : IRunningProcess
    {
        // Unread, the pipe would fill and stop the program.
        private readonly Task<string> _error = ReadAsync(process.StandardError, CancellationToken.None);

        public TextWriter Input => process.StandardInput;

        public TextReader Output => process.StandardOutput;

        public async ValueTask DisposeAsync()
        {
            End(process);
            try
            {
                await _error.WaitAsync(PatienceAfterExit).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // A grandchild holds the pipe; it is closed with the process below.
            }

            process.Dispose();
        }
    }
}
