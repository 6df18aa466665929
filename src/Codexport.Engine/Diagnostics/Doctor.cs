using Codexport.Engine.Errors;
using Codexport.Engine.Follower.Sync;
using Codexport.Engine.Homes;
using Codexport.Engine.Results;

namespace Codexport.Engine.Diagnostics;

/// <summary>Looks at everything that can be wrong with an installation. Works when nothing else does, and changes nothing.</summary>
public sealed class Doctor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly EngineContext _context;
    private readonly FollowerServices _services;

    /// <summary>Looks at the home of <paramref name="context"/>.</summary>
    public Doctor(EngineContext context)
        : this(context, new FollowerServices())
    {
    }

    internal Doctor(EngineContext context, FollowerServices services)
    {
        _context = context;
        _services = services;
    }

    /// <summary>Runs all checks, one after the other.</summary>
    /// <param name="report">Is told each finding as soon as it is there; may be null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<DiagnosticReport> RunAsync(Action<DiagnosticFinding>? report, CancellationToken cancellationToken)
    {
        var scope = new DiagnosticScope(_context, _services);
        var findings = new List<DiagnosticFinding>();
        foreach (var check in Checks())
        {
            foreach (var finding in await RunAsync(check, scope, cancellationToken).ConfigureAwait(false))
            {
                findings.Add(finding);
                report?.Invoke(finding);
            }
        }

        return new DiagnosticReport(findings);
    }

    private static IEnumerable<DiagnosticCheck> Checks() =>
    [
        new RoleCheck(), new CodexCheck(), new ConfigurationCheck(), new HookCheck(), new ShellCheck(), new MasterCheck(), new PublicationCheck(),
        new WatchLimitCheck(), new ServiceCheck(), new LastSyncCheck(), new CompositionCheck(), new SecretModesCheck(), new ServerCommandsCheck(), new SharedLoginCheck(),
        new LeftoversCheck(), new DiskSpaceCheck(),
    ];

    private async Task<IReadOnlyList<DiagnosticFinding>> RunAsync(DiagnosticCheck check, DiagnosticScope scope, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, _context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await check.RunAsync(scope, either.Token).ConfigureAwait(false);
        }
        catch (CodexportException error)
        {
            return [new DiagnosticFinding(check.Name, DiagnosticLevel.Error, error.Message, error.Remedy)];
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return [new DiagnosticFinding(check.Name, DiagnosticLevel.Error, $"It took longer than {Patience.TotalSeconds:0} s to look at.", "Run the command again.")];
        }
        catch (Exception error) when (error is not (OperationCanceledException or OutOfMemoryException))
        {
            // A defect in one check must not hide what the others find.
            return [new DiagnosticFinding(check.Name, DiagnosticLevel.Error, $"The check itself failed: {error.Message}", "Report it.")];
        }
    }
}
