using Codexport.Engine.Platform.Processes;

namespace Codexport.Tests.Services;

/// <summary>Notes which programs would have been run, and answers as it is told.</summary>
internal sealed class RecordingLauncher(Func<ProcessRequest, ProcessOutcome> answer) : IProcessLauncher
{
    private readonly List<ProcessRequest> _requests = [];

    public IReadOnlyList<ProcessRequest> Requests => _requests;

    /// <summary>Program and arguments of each, those that only look left out.</summary>
    public IEnumerable<string> Changes => _requests.Select(Line).Where(line => !IsQuery(line));

    public static string Line(ProcessRequest request) => string.Join(' ', request.Arguments.Prepend(Path.GetFileName(request.Program)));

    public Task<ProcessOutcome> RunAsync(ProcessRequest request, CancellationToken cancellationToken)
    {
        _requests.Add(request);
        return Task.FromResult(answer(request));
    }

    public IRunningProcess Start(ProcessRequest request) => throw new NotSupportedException();

    private static bool IsQuery(string line)
        => line.StartsWith("systemctl --user show", StringComparison.Ordinal) || line.StartsWith("systemctl --user list-timers", StringComparison.Ordinal)
            || line.StartsWith("powershell.exe", StringComparison.Ordinal) || line.StartsWith("loginctl", StringComparison.Ordinal)
            || line.StartsWith("launchctl print", StringComparison.Ordinal) || line.StartsWith("schtasks.exe /query", StringComparison.Ordinal);
}
