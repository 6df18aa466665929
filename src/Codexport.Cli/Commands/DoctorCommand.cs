using System.CommandLine;
using Codexport.Cli.Composition;
using Codexport.Cli.Rendering;
using Codexport.Cli.Rendering.Rich;
using Codexport.Engine.Diagnostics;
using Codexport.Engine.Errors;
using Codexport.Engine.Results;

namespace Codexport.Cli.Commands;

/// <summary><c>codexport doctor</c>.</summary>
internal static class DoctorCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create(CommandFactory factory) => factory.Create(
        "doctor", "Look at everything that can be wrong here, and say what to do about it. Changes nothing.", RunAsync);

    private static async Task<ExitCode> RunAsync(Invocation call)
    {
        var report = await new Doctor(call.Engine).RunAsync(report: null, call.CancellationToken);
        call.Output.WriteResult(report, () => CliJson.Readable.DiagnosticReport, writer =>
        {
            if (call.Output.Terminal.IsRich)
            {
                RichDoctor.Write(report, writer, call.Output.Terminal);
                return;
            }

            Write(report, writer);
        }, isAskedFor: true);
        return report.Worst == DiagnosticLevel.Error ? ExitCode.Failed : ExitCode.Done;
    }

    private static void Write(DiagnosticReport report, TextWriter writer)
    {
        foreach (var finding in report.Findings)
        {
            writer.WriteLine($"{finding.Level.ToString().ToLowerInvariant(),-8} {finding.Name,-14} {Text.Printable(finding.Message)}");
            if (finding.Remedy is not null)
            {
                writer.WriteLine($"{string.Empty,-23} {Text.Printable(finding.Remedy)}");
            }
        }
    }
}
