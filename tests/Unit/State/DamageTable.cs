using Codexport.Tests.Platform;

namespace Codexport.Tests.State;

/// <summary>A home with every state file that there can be, to be damaged again and again.</summary>
internal interface IDamagedHome
{
    /// <summary>The commands that look at a file; those that only read come first.</summary>
    IReadOnlyList<StateCommand> CommandsThatLookAt(string file);

    /// <summary>The home as it was, with its file whole.</summary>
    DamagedFile Restore(string file);

    /// <summary>What errors about the file may advise.</summary>
    WayOut WayOutOf(string file);
}

/// <summary>Damages a file in every way and runs the commands that look at it, each with what its errors advise.</summary>
/// <param name="home">The home.</param>
/// <param name="inFull">Files that meet every command with every damage.</param>
/// <param name="after">What a person does next, after each command that changed something.</param>
internal sealed class DamageTable(IDamagedHome home, string[] inFull, Func<WayOut, StateCommand, string, Task> after)
{
    /// <summary>Every damage of a file but the unreadable.</summary>
    public async Task RunAsync(string file)
    {
        var commands = home.CommandsThatLookAt(file);
        Assert.NotEmpty(commands);
        var known = home.Restore(file);
        var turn = 0;
        foreach (var damage in Damage.Names.Where(damage => damage != Damage.Unreadable))
        {
            home.Restore(file);
            if (known.TryDo(damage))
            {
                await CheckAsync(inFull.Contains(file) ? commands : StateCommand.ByTurns(commands, turn++), file, damage);
            }
        }
    }

    /// <summary>A file that may not be read, under every command.</summary>
    public Task RunUnreadableAsync(string file) => CheckAsync(home.CommandsThatLookAt(file), file, Damage.Unreadable);

    private async Task CheckAsync(IReadOnlyList<StateCommand> commands, string file, string damage)
    {
        WayOut? untouched = null;
        foreach (var command in commands)
        {
            var way = untouched ?? Begin(file, damage);
            var what = $"{command.Name} with {file} {damage}";
            await way.RunAsync(what, command.Run);

            // Whatever only reads, and found nothing to mend, left the damage for the next one.
            untouched = command.OnlyReads && way.Followed.Count == 0 && command != commands[^1] ? way : null;
            if (untouched is null)
            {
                await after(way, command, what);
            }
        }
    }

    private WayOut Begin(string file, string damage)
    {
        home.Restore(file).TryDo(damage);
        return home.WayOutOf(file);
    }
}
