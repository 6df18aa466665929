param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $script = Join-Path (Get-Module Codexport).ModuleBase 'examples/Join-CodexportFleet.ps1'
    $master = New-TestMasterHome (Join-Path $TestDrive 'master')
    $server = Start-TestMaster $ProgramPath $master
    $link = (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $master).JoinLink
    'one', 'two', 'mixed' | ForEach-Object { New-Item -ItemType Directory (Join-Path $TestDrive $_) | Out-Null }
    New-Item -ItemType Directory $TestDrive/mixed/.codex | Out-Null
    Set-Content $TestDrive/mixed/.codex/AGENTS.md 'mine'
    Set-Content $master/.codex/AGENTS.md 'of the team'
    Update-CodexportBundle -HomePath $master

    # Homes take the place of machines; 'off' is one that cannot be reached.
    $machines = {
        param($Computers, $Block, $Arguments, $ThrottleLimit)
        foreach ($computer in $Computers) {
            if ($computer -eq 'off') { Write-Error 'No route to host.' -TargetObject $computer; continue }
            & $Block @Arguments (Join-Path $TestDrive $computer) | Add-Member PSComputerName $computer -PassThru
        }
    }
}

AfterAll { Stop-TestMaster $server }

Describe 'Join-CodexportFleet.ps1' {
    It 'reaches nobody with -WhatIf' {
        'one', 'off' | & $script -JoinLink $link -Invoke { throw 'reached' } -WhatIf | Should -BeNullOrEmpty
    }

    It 'joins each, tells of each, and goes on after a failure' {
        $results = 'one', 'off', 'two' | & $script -JoinLink $link -Hook -Invoke $machines
        $results.ComputerName | Should -Be 'one', 'off', 'two'
        $results.Succeeded | Should -Be $true, $false, $true
        $results[1].Error | Should -Be 'No route to host.'
        $results.ForEach{ $_.PSObject.Properties.Name -join ' ' } | Select-Object -Unique | Should -Be 'ComputerName Succeeded Status Revision Error Remedy'
        Get-Content $TestDrive/two/.codex/skills/one/SKILL.md | Should -Be 'first edition'
        (Get-CodexportHook -HomePath (Join-Path $TestDrive 'two')).Installed | Should -BeTrue
    }

    It 'has as many turns at a time as it may' {
        $seen = @{}
        $null = 'one', 'two', 'ONE' | & $script -JoinLink $link -ThrottleLimit 5 -Invoke { $seen.Computers, $seen.Limit = $args[0, 3] }
        $seen.Computers | Should -Be 'one', 'two'
        $seen.Limit | Should -Be 5
    }

    It 'tells of a machine that never answers' {
        $result = 'one' | & $script -JoinLink $link -Invoke { }
        $result.Succeeded | Should -BeFalse
        $result.Error | Should -Be 'No answer came.'
    }

    It 'has help' {
        (Get-Help $script).Synopsis | Should -BeLike 'Joins many machines*'
        (Get-Help $script -Parameter ThrottleLimit).description.Text | Should -Not -BeNullOrEmpty
    }

    It 'is safe to run again' {
        $results = 'one', 'two' | & $script -JoinLink $link -Hook -Invoke $machines
        $results.Status | Should -Be 'Current', 'Current'
        @(Get-CodexportFollower -HomePath $master).Count | Should -Be 2
    }

    It 'tells what a machine needs, and takes -Adopt' {
        $result = 'mixed' | & $script -JoinLink $link -Invoke $machines
        $result.Succeeded | Should -BeFalse
        $result.Error | Should -BeLike 'AdoptionRequired:*'
        $result.Remedy | Should -Not -BeNullOrEmpty
        ('mixed' | & $script -JoinLink $link -Adopt -Invoke $machines).Succeeded | Should -BeTrue
        Get-Content $TestDrive/mixed/.codex/AGENTS.md | Should -Be 'of the team'
    }
}
