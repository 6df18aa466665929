using System.Globalization;
using System.Text;
using Codexport.Engine.Apply;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Tests.CrashHost;

// A process for tests to kill: recovers, then applies revision after revision to the home given, until it is killed or --once.
var home = new CodexportHome(args[0], Path.Combine(args[0], ".codex"));
var context = new EngineContext(home, new PhysicalFileSystem(), TimeProvider.System);
using var follower = FileLock.Acquire(context.Files, home.FollowerLockFile);
var stateFile = Path.Combine(home.MachineStateFolder, "applied.json");
var isFirst = true;
do
{
    var recovery = await ApplyRecovery.RecoverAsync(context, new GeneratedRevision(0), CancellationToken.None);
    var state = AtomicFile.TryReadAllBytes(context.Files, stateFile);
    var applied = state is null ? 0 : int.Parse(Encoding.ASCII.GetString(state), CultureInfo.InvariantCulture);
    if (args is [_, "--recover"])
    {
        Console.WriteLine($"{recovery.Status} {applied}");
        return 0;
    }

    var next = new GeneratedRevision(applied + 1);
    var plan = new ApplyPlan(
        next.ChangesFrom(new GeneratedRevision(applied)),
        stateFile,
        Encoding.ASCII.GetBytes((applied + 1).ToString(CultureInfo.InvariantCulture)),
        $"revision {applied}");
    await ApplyTransaction.RunAsync(context, next, plan, CancellationToken.None);
    if (isFirst)
    {
        // From here on the code is warm, so that a kill falls anywhere in an apply and not into the start of the process.
        isFirst = false;
        Console.WriteLine("ready");
    }
}
while (args is not [_, "--once"]);

return 0;
