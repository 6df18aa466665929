#requires -Version 7.6

<#
.SYNOPSIS
    Joins many machines to one master, several at a time, each with a result of its own.
.DESCRIPTION
    Runs one script block on every machine of a list. A machine that cannot be reached or fails does not keep the others from their turn.
    Results come as machines finish. Safe to run again: a machine that follows the master already only syncs, and a machine that is named
    twice has one turn.
.PARAMETER ComputerName
    The machines, as SSH knows them.
.PARAMETER JoinLink
    The link that New-CodexportJoinLink made on the master. It holds an invite: treat it as a secret.
.PARAMETER UserName
    The account on the machines, for SSH.
.PARAMETER Hook
    Installs the hook too, so that sessions of Codex sync by themselves.
.PARAMETER Adopt
    Files that are already there and differ are backed up and replaced.
.PARAMETER ThrottleLimit
    How many machines have their turn at the same time.
.PARAMETER Invoke
    How a script block runs on machines; takes the machines, the script block, its arguments and how many at a time. Answers and errors say by
    PSComputerName or as target object which machine they are of. Without it Invoke-Command over SSH.
.EXAMPLE
    Get-Content machines.txt | ./Join-CodexportFleet.ps1 -JoinLink $link -UserName dev -Hook | Format-Table
.EXAMPLE
    Get-Content machines.txt | ./Join-CodexportFleet.ps1 -JoinLink $link | Where-Object -Not Succeeded | Export-Csv failures.csv
#>
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory, Position = 0, ValueFromPipeline)][ValidateNotNullOrEmpty()][string[]] $ComputerName,
    [Parameter(Mandatory)][ValidateNotNullOrEmpty()][string] $JoinLink,
    [string] $UserName,
    [switch] $Hook,
    [switch] $Adopt,
    [ValidateRange(1, 256)][int] $ThrottleLimit = 16,
    [scriptblock] $Invoke
)

begin {
    $enrol = {
        param([string] $Link, [bool] $Hook, [bool] $Adopt, [string] $UserHome)
        $ErrorActionPreference = 'Stop'
        $where = $UserHome ? @{ HomePath = $UserHome } : @{}
        try {
            if (-not (Get-Command Join-CodexportFollower -ErrorAction Ignore)) { Import-Module Codexport }
            # The same fingerprint is the same master: it is followed already, and a sync is all there is to do.
            $status = Get-CodexportStatus @where -WarningAction SilentlyContinue
            $follows = $status.Role -eq 'follower' -and $Link -like "*fingerprint=$($status.Fingerprint)*"
            $result = $follows ? (Sync-CodexportFollower @where -Adopt:$Adopt) : (Join-CodexportFollower $Link @where -Adopt:$Adopt)
            if ($Hook) { Install-CodexportHook @where }
            [pscustomobject]@{
                Succeeded = "$($result.Status)" -in 'Applied', 'Current'; Status = "$($result.Status)"; Revision = $result.Revision; Error = $null; Remedy = $null
            }
        } catch {
            [pscustomobject]@{
                Succeeded = $false; Status = 'Failed'; Revision = $null
                Error = "$(($_.FullyQualifiedErrorId -split ',')[0]): $($_.Exception.Message)"; Remedy = $_.ErrorDetails.RecommendedAction
            }
        }
    }

    if (-not $Invoke) {
        $account = $UserName ? @{ UserName = $UserName } : @{}
        $Invoke = {
            param($Computers, $Block, $Arguments, $ThrottleLimit)
            Invoke-Command -HostName $Computers @account -ScriptBlock $Block -ArgumentList $Arguments -ThrottleLimit $ThrottleLimit
        }
    }

    $computers = [System.Collections.Generic.List[string]]::new()
}

process {
    foreach ($computer in $ComputerName) {
        if ($computer -notin $computers -and $PSCmdlet.ShouldProcess($computer, 'Join the master')) { $computers.Add($computer) }
    }
}

end {
    if ($computers.Count -eq 0) { return }
    # An error of one machine is an answer; it must not end the others' turn, whatever the session prefers.
    $ErrorActionPreference = 'Continue'
    $waiting = [System.Collections.Generic.HashSet[string]]::new($computers, [System.StringComparer]::OrdinalIgnoreCase)
    function Get-Failure([string] $Computer, [string] $Message) {
        [pscustomobject]@{
            ComputerName = $Computer; Succeeded = $false; Status = 'Unreachable'; Revision = $null; Error = $Message
            Remedy = 'Look whether the machine is on, and whether SSH with the PowerShell subsystem works.'
        }
    }

    & $Invoke @($computers) $enrol @($JoinLink, [bool] $Hook, [bool] $Adopt) $ThrottleLimit 2>&1 | ForEach-Object {
        $computer = $_.PSComputerName ?? $_.OriginInfo.PSComputerName ?? "$($_.TargetObject)"
        if ($_ -is [System.Management.Automation.ErrorRecord]) {
            if ($waiting.Remove($computer)) { Get-Failure $computer $_.Exception.Message } else { Write-Error -ErrorRecord $_ }
        } elseif ($waiting.Remove($computer)) {
            $_ | Select-Object @{ Name = 'ComputerName'; Expression = { $computer } }, Succeeded, Status, Revision, Error, Remedy
        }
    }
    foreach ($computer in $computers.Where{ $waiting.Contains($_) }) { Get-Failure $computer 'No answer came.' }
}
