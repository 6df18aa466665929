using Codexport.Engine.Results;

namespace Codexport.Engine.Diagnostics;

/// <summary>One check of <c>doctor</c>. It only looks: nothing that it does leaves a trace.</summary>
internal abstract class DiagnosticCheck
{
    /// <summary>What it looks at, a few words.</summary>
    public abstract string Name { get; }

    /// <summary>Runs the check. An exception becomes an error finding.</summary>
    public abstract Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticScope scope, CancellationToken cancellationToken);

    protected IReadOnlyList<DiagnosticFinding> Ok(string message) => [new(Name, DiagnosticLevel.Ok, message)];

    protected IReadOnlyList<DiagnosticFinding> Info(string message, string? remedy = null) => [new(Name, DiagnosticLevel.Info, message, remedy)];

    protected IReadOnlyList<DiagnosticFinding> Skipped(string message) => [new(Name, DiagnosticLevel.Skipped, message)];

    protected IReadOnlyList<DiagnosticFinding> Warning(string message, string remedy) => [new(Name, DiagnosticLevel.Warning, message, remedy)];

    protected IReadOnlyList<DiagnosticFinding> Error(string message, string remedy) => [new(Name, DiagnosticLevel.Error, message, remedy)];
}
